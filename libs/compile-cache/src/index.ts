export { keepCompiled } from './keep-compiled.ts';
