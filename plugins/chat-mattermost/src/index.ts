export { chatMattermost } from './plugin.ts';
