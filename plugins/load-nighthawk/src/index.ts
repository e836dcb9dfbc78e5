export { nighthawk } from './plugin.ts';
