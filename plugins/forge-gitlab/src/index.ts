export { gitlab } from './plugin.ts';
