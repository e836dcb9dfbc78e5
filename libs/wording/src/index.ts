export { type AlikeChanges, countIn, groupAlike, mergeOwners, withoutMark } from './alike.ts';
export { describeRevisions, isUninstall } from './mesh.ts';
export { formatPath } from './path.ts';
export { stageDiff } from './plan-diff.ts';
export { describeDrift, describeOwners } from './plan-field.ts';
export {
  briefPlan,
  describeCascade,
  describeUndone,
  describeStage,
  fullPlan,
  groupsOf,
  namesOf,
  noteOf,
  otherWork,
  type PlanLimits,
} from './plan-work.ts';
export { describePolicyChange } from './policy.ts';
export { escapeLines, escapeText, pad, truncate, widthOf, wrap, wrapItems, wrapLine } from './text.ts';
export { formatAge } from './time.ts';
export { formatDuration, formatTime, plural } from '@meshwright/model';
export { contrast, type Contrast, formatValue } from './values.ts';
