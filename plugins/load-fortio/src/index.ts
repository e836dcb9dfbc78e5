export { fortio } from './plugin.ts';
