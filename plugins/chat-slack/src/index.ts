export { chatSlack } from './plugin.ts';
