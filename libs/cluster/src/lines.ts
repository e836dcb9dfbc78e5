/** At most so many lines, the last saying how many there are beyond. */
export function bounded(lines: readonly string[], most: number): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most), `… and ${lines.length - most} more`];
}
