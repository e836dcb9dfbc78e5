import { depthOf, namedShares } from '../curves.ts';
import { isPositive } from '../figures.ts';

/** What an axis spans: both ends above zero, the low one below the high one. */
export interface Domain {
  low: number;
  high: number;
}

/** From a value to a coordinate; what lies outside the domain lands on its end. */
export type Scale = (value: number) => number;

const margin = { share: 0.06, least: Math.log(1.02) };

/** A domain with room around all values that can be drawn. */
export function domainOf(values: readonly number[]): Domain {
  const known = values.filter(isPositive).map(Math.log);
  if (known.length === 0) return { low: 0.5, high: 2 };
  // Not spread into Math.min: there are as many as points of all curves.
  const low = known.reduce((least, value) => Math.min(least, value));
  const high = known.reduce((most, value) => Math.max(most, value));
  const room = Math.max(margin.least, (high - low) * margin.share);
  return { low: Math.exp(low - room), high: Math.exp(high + room) };
}

/** A logarithmic scale: equal ratios are equal distances. */
export function logScale({ low, high }: Domain, [from, to]: readonly [number, number]): Scale {
  const start = Math.log(low);
  const length = Math.log(high) - start;
  return (value) => {
    const share = (Math.log(Math.max(value, Number.MIN_VALUE)) - start) / length;
    return from + Math.min(1, Math.max(0, share)) * (to - from);
  };
}

/** The scale of percentiles: each further nine takes as much room as the one before. */
export function depthScale(deepest: number, [from, to]: readonly [number, number]): Scale {
  const start = depthOf(namedShares[0]);
  return (depth) => from + Math.min(1, Math.max(0, (depth - start) / (deepest - start))) * (to - from);
}

/** Round values within a domain, from the smallest, at least one and at most so many (four or more). */
export function ticksOf(domain: Domain, most: number): number[] {
  return domain.high / domain.low < 4 ? evenTicks(domain, most) : decadeTicks(domain, most);
}

function evenTicks({ low, high }: Domain, most: number): number[] {
  const least = (high - low) / (most - 1);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 5].find((factor) => factor * power >= least) ?? 10) * power;
  const first = Math.ceil(low / step);
  const places = Array.from({ length: Math.floor(high / step) - first + 1 }, (_, place) => first + place);
  return places
    .map((place) => Number((place * step).toPrecision(12)))
    .filter((tick) => tick >= low && tick <= high);
}

function decadeTicks({ low, high }: Domain, most: number): number[] {
  const first = Math.floor(Math.log10(low));
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - first + 1 },
    (_, place) => first + place,
  );
  const within = (factors: readonly number[]): number[] =>
    decades
      .flatMap((decade) => factors.map((factor) => Number(`${factor}e${decade}`)))
      .filter((tick) => tick >= low && tick <= high);
  const fine = within([1, 2, 5]);
  if (fine.length <= most) return fine;
  const whole = within([1]);
  const every = Math.ceil(whole.length / most);
  return whole.filter((_, place) => place % every === 0);
}

/** The places moved apart so that neighbours have their distance, as little as it takes; all within the ends if they fit. */
export function spread(
  places: readonly number[],
  distance: number,
  [from, to]: readonly [number, number],
): number[] {
  const order = places
    .map((_, index) => index)
    .sort((left, right) => (places[left] ?? 0) - (places[right] ?? 0));
  const moved = [...places];
  let lowest = from;
  for (const index of order) {
    lowest = Math.max(lowest, moved[index] ?? 0);
    moved[index] = lowest;
    lowest += distance;
  }
  let highest = to;
  for (const index of order.toReversed()) {
    highest = Math.min(highest, moved[index] ?? 0);
    moved[index] = highest;
    highest -= distance;
  }
  return moved;
}
