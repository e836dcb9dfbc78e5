export { meshCilium } from './plugin.ts';
