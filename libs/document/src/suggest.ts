/** Names longer than this are not compared: nobody mistypes them, and comparing costs their product. */
const comparedLength = 100;

/** The candidate that was most likely meant: nearest by edits, and near enough to be a slip. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  const allowed = Math.max(1, Math.floor(Math.max(name.length, best?.length ?? 0) / 3));
  return bestDistance <= allowed ? best : undefined;
}

/** `Did you mean "x"?`, or the known names when none is near. */
export function suggestName(name: string, candidates: readonly string[], known: string): string | undefined {
  const nearest = nearestName(name, candidates);
  if (nearest !== undefined) return `Did you mean ${JSON.stringify(nearest)}?`;
  if (candidates.length === 0) return undefined;
  const shown = candidates.slice(0, 20).join(', ');
  return `${known}: ${shown}${candidates.length > 20 ? ', …' : ''}.`;
}

/**
 * How many characters must be inserted, removed, replaced or swapped with their neighbour to make one name of
 * the other (optimal string alignment distance); Infinity for names too long to compare.
 */
export function editDistance(from: string, to: string): number {
  if (from.length > comparedLength || to.length > comparedLength) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = at(last, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
          ? at(beforeLast, j - 2) + 1
          : Infinity;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced, swapped));
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
