const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** A span of milliseconds in its two largest units: `3m 12s`, `2d 4h`; `0s` below a second. */
export function formatDuration(milliseconds: number): string {
  let seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? '0s' : parts.join(' ');
}

/** How long ago a moment was: `3m 12s ago`. */
export function formatAge(moment: number, now: number): string {
  return `${formatDuration(now - moment)} ago`;
}

/** A moment in UTC, to the second: `2026-11-21 12:20:36 UTC`. */
export function formatTime(moment: number): string {
  return new Date(moment)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}
