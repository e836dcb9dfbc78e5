export { meshChange, planPreview } from '@meshwright/mesh-change';
export { patternRollout } from '@meshwright/pattern-rollout';
export { repositoryWatch } from '@meshwright/repository-watch';
