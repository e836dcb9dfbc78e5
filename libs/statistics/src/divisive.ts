/** A place that divides values into what was before it and what came from it on. */
export interface Division {
  /** The place of the first value after it. */
  place: number;
  /** How unlike both sides are: their energy distance, weighed by their sizes. */
  strength: number;
}

/** Fewer values on a side are outliers and no level. */
export const fewestValues = 3;

/** Sums in another order differ in their last digits. */
export const rounding = 1e-9;

/**
 * The place that divides values best: where those before it are least like those between it and some later place, so that a
 * level that went away again is found too. Undefined for too few values. Matteson and James 2014, A Nonparametric Approach
 * for Multiple Change Point Analysis of Multivariate Data (doi:10.1080/01621459.2013.849605), with the exponent 1.
 */
export function bestDivision(values: ArrayLike<number>): Division | undefined {
  const count = values.length;
  // By place: the mean distance within what is before it, and sums of distances of what is from it on, so far.
  const before = new Float64Array(count + 1);
  const between = new Float64Array(count + 1);
  const after = new Float64Array(count + 1);
  const toEarlier = new Float64Array(count + 1);
  let within = 0;
  let best: Division | undefined;
  for (let last = 0; last < count; last += 1) {
    const value = values[last] ?? 0;
    let sum = 0;
    for (let earlier = 0; earlier < last; earlier += 1) {
      sum += Math.abs(value - (values[earlier] ?? 0));
      toEarlier[earlier + 1] = sum;
    }
    within += sum;
    before[last + 1] = within / Math.max(1, last);
    for (let place = fewestValues; place <= last; place += 1) {
      const toBefore = toEarlier[place] ?? 0;
      const across = (between[place] ?? 0) + toBefore;
      const inside = (after[place] ?? 0) + sum - toBefore;
      between[place] = across;
      after[place] = inside;
      const size = last - place + 1;
      if (size < fewestValues) continue;
      const strength =
        (2 * (across - size * (before[place] ?? 0) - (place * inside) / (size - 1))) / (last + 1);
      // What is as strong but for rounding is not stronger.
      if (best === undefined || strength > best.strength + Math.abs(best.strength) * rounding) {
        best = { place, strength };
      }
    }
  }
  return best;
}

/** How strongly a given place divides all values. */
export function strengthAt(values: ArrayLike<number>, place: number): number {
  const count = values.length;
  const within = (from: number, to: number): number => {
    let sum = 0;
    for (let later = from + 1; later < to; later += 1) sum += distances(values, later, { from, to: later });
    return to - from < 2 ? 0 : sum / (to - from - 1);
  };
  let between = 0;
  for (let later = place; later < count; later += 1)
    between += distances(values, later, { from: 0, to: place });
  const weighed = between - (count - place) * within(0, place) - place * within(place, count);
  return (2 * weighed) / count;
}

/** The distances of one value to those of some places, added up. */
function distances(
  values: ArrayLike<number>,
  at: number,
  { from, to }: { from: number; to: number },
): number {
  const value = values[at] ?? 0;
  let sum = 0;
  for (let other = from; other < to; other += 1) sum += Math.abs(value - (values[other] ?? 0));
  return sum;
}
