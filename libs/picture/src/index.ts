export { verdictPicture } from './verdict.ts';
