export { type AlikeChanges, countIn, groupAlike, mergeOwners, withoutMark } from './alike.ts';
export { formatPath } from './path.ts';
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
