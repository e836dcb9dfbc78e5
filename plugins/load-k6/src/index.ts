export { k6 } from './plugin.ts';
