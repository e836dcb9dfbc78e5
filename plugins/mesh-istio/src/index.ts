export { meshIstio } from './plugin.ts';
