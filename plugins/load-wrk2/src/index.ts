export { wrk2 } from './plugin.ts';
