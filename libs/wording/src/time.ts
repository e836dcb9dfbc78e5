import { formatDuration } from '@meshwright/model';

/** How long ago a moment was: `3m 12s ago`. */
export function formatAge(moment: number, now: number): string {
  return `${formatDuration(now - moment)} ago`;
}
