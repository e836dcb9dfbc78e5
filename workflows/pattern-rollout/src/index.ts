export { patternRollout } from './rollout.ts';
export { initialStatus } from './state.ts';
