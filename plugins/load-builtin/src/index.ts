export { builtin } from './plugin.ts';
