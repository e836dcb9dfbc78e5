export { meshLinkerd } from './plugin.ts';
