/**
 * How often a value of `b` is above one of `a`, ties counted as half: 0.5 is no effect, 1 is all of them
 * (Vargha and Delaney 2000, doi:10.3102/10769986025002101). NaN when one of them is empty.
 */
export function varghaDelaney(a: readonly number[], b: readonly number[]): number {
  let wins = 0;
  for (const right of b) for (const left of a) wins += right > left ? 1 : right === left ? 0.5 : 0;
  return wins / (a.length * b.length);
}
