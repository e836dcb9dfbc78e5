/**
 * P-values adjusted for being looked at together, in the same order: each at most alpha means that the chance of even one
 * false alarm among them is at most alpha (Holm 1979, Scandinavian Journal of Statistics 6).
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((value, place) => ({ value, place })).sort((a, b) => a.value - b.value);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let most = 0;
  for (const [rank, { value, place }] of order.entries()) {
    most = Math.max(most, Math.min(1, (pValues.length - rank) * value));
    adjusted[place] = most;
  }
  return adjusted;
}
