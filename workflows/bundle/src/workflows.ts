export { meshChange, planPreview } from '@meshwright/mesh-change';
export { delivery, rolloutNotices } from '@meshwright/messages';
export { patternRollout } from '@meshwright/pattern-rollout';
export { performanceBaseline } from '@meshwright/performance-baseline';
export { repositoryWatch } from '@meshwright/repository-watch';
export { policyChange, pullRequestPlan } from '@meshwright/review';
