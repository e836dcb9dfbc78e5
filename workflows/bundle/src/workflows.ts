export { meshChange, planPreview } from '@meshwright/mesh-change';
export { patternRollout } from '@meshwright/pattern-rollout';
export { performanceBaseline } from '@meshwright/performance-baseline';
export { repositoryWatch } from '@meshwright/repository-watch';
