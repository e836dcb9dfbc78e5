export { type AlikeChanges, countIn, groupAlike, mergeOwners, withoutMark } from './alike.ts';
export {
  describeAction,
  describeRevisions,
  describeTransition,
  describeVersions,
  isUninstall,
  type MeshTransition,
} from './mesh.ts';
export { formatPath } from './path.ts';
export { stageDiff } from './plan-diff.ts';
export { describeDrift, describeOwners } from './plan-field.ts';
export {
  briefPlan,
  changeSigns,
  describeCascade,
  describeUndone,
  describeWork,
  fullPlan,
  groupsOf,
  leftoversOf,
  namesOf,
  noteOf,
  otherWork,
  ownChanges,
  type PlanLimits,
} from './plan-work.ts';
export { describePolicyChange } from './policy.ts';
export {
  escapeLines,
  escapeText,
  pad,
  plural,
  truncate,
  widthOf,
  wrap,
  wrapItems,
  wrapLine,
} from './text.ts';
export { formatAge, formatDuration, formatTime } from './time.ts';
export { contrast, type Contrast, formatValue } from './values.ts';
