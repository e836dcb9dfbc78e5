export { gitea } from './plugin.ts';
