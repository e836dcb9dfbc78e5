export { patternRollout } from './rollout.ts';
