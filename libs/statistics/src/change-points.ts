import { MeshwrightError } from '@meshwright/model';
import { bestDivision, fewestValues, rounding, strengthAt } from './divisive.ts';
import { median } from './quantile.ts';
import { type Random, seededRandom } from './random.ts';

/** A place in a series where its level changed. */
export interface ChangePoint {
  /** The place of the first value after the change. */
  place: number;
  /** The median of the values between the change before and this one. */
  before: number;
  /** The median of the values up to the next change. */
  after: number;
  /** How probable so strong a division is where nothing changed. */
  pValue: number;
}

export interface ChangePointOptions {
  /** So many values are looked at together, and then half as many further on; 50 unless told, at least 6. */
  window?: number;
  /** The chance of a change point in a window of values that all come from one distribution; 0.001 unless told. */
  pValue?: number;
  /** For the draws. */
  seed?: number;
}

const usual = { window: 50, pValue: 0.001, seed: 1 };

/**
 * The change points of a series, in its order: for regressions that creep in, each too small to be seen alone.
 *
 * Windows are divided where both sides are least alike, and their parts again, for as long as a division is stronger than
 * nearly all best divisions of the same values in drawn orders (E-divisive). What the windows found is then held
 * against its neighbours alone, and the weakest goes until all hold, as in Hunter (Fleming et al. 2023,
 * doi:10.1145/3578244.3583719). Hunter's t-test does not know that it sees the best of many divisions and
 * alarms far more often than its p-value says; drawn orders do, and with a seed they are as deterministic.
 * It assumes nothing of the shape or the unit of the values, and that without a change their order says nothing.
 * @throws MeshwrightError INVALID_INPUT for values that are no finite numbers, and for a window that is too small.
 */
export function changePoints(values: readonly number[], options: ChangePointOptions = {}): ChangePoint[] {
  const { window, pValue, seed } = { ...usual, ...options };
  if (!values.every(Number.isFinite)) {
    throw new MeshwrightError('INVALID_INPUT', 'A series with change points has finite numbers only.');
  }
  if (window < 2 * fewestValues) {
    throw new MeshwrightError('INVALID_INPUT', `A window has at least ${2 * fewestValues} values.`);
  }
  const random = seededRandom(seed);
  const found = new Set<number>();
  for (const { from, to } of windowsOf(values.length, window)) {
    for (const place of divide(values.slice(from, to), { pValue, random })) found.add(from + place);
  }
  return confirmed(values, ascendingPlaces(found), { window, pValue, random });
}

interface Significance {
  pValue: number;
  random: Random;
}

function windowsOf(count: number, window: number): { from: number; to: number }[] {
  const windows: { from: number; to: number }[] = [];
  for (let from = 0; ; from += Math.floor(window / 2)) {
    const to = Math.min(from + window, count);
    windows.push({ from, to });
    if (to === count) return windows;
  }
}

/** The places that divide values significantly, in their order. */
function divide(values: readonly number[], significance: Significance): number[] {
  const best = bestDivision(values);
  if (best === undefined) return [];
  const strongest = (drawn: Float64Array): number => bestDivision(drawn)?.strength ?? 0;
  if (probabilityOf(best.strength, values, strongest, significance) > significance.pValue) return [];
  const { place } = best;
  const after = divide(values.slice(place), significance).map((later) => place + later);
  return [...divide(values.slice(0, place), significance), place, ...after];
}

/** Takes the weakest place away until each divides the values between its neighbours significantly. */
function confirmed(
  values: readonly number[],
  places: readonly number[],
  { window, ...significance }: Significance & { window: number },
): ChangePoint[] {
  const points = places.map((place, index) => {
    const from = places[index - 1] ?? 0;
    const to = places[index + 1] ?? values.length;
    const near = values.slice(Math.max(from, place - window), Math.min(to, place + window));
    const divider = place - Math.max(from, place - window);
    const strengthOf = (drawn: ArrayLike<number>): number => strengthAt(drawn, divider);
    return {
      place,
      before: median(values.slice(from, place)),
      after: median(values.slice(place, to)),
      pValue: probabilityOf(strengthOf(near), near, strengthOf, significance),
    };
  });
  const weakest = points.toSorted((left, right) => right.pValue - left.pValue)[0];
  if (weakest === undefined || weakest.pValue <= significance.pValue) return points;
  const rest = places.filter((place) => place !== weakest.place);
  return confirmed(values, rest, { window, ...significance });
}

/** One fewer drawn orders may be as strong where the p-value is just reached: more draws find hardly more. */
const tooManyAsStrong = 3;

/**
 * How probable it is that the values in a drawn order are at least as strong (Phipson and Smyth 2010,
 * doi:10.2202/1544-6115.1585). Draws end as soon as it is certain to be above the p-value asked for (Besag and
 * Clifford 1991, doi:10.1093/biomet/78.2.301).
 */
function probabilityOf(
  strength: number,
  values: readonly number[],
  strengthOf: (drawn: Float64Array) => number,
  { pValue, random }: Significance,
): number {
  const draws = Math.ceil(tooManyAsStrong / pValue) - 1;
  const drawn = Float64Array.from(values);
  const least = strength - Math.abs(strength) * rounding;
  let asStrong = 0;
  for (let draw = 1; draw <= draws; draw += 1) {
    shuffle(drawn, random);
    if (strengthOf(drawn) >= least) asStrong += 1;
    if (asStrong === tooManyAsStrong) return asStrong / draw;
  }
  return (asStrong + 1) / (draws + 1);
}

/** Fisher and Yates, in place. */
function shuffle(values: Float64Array, random: Random): void {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const value = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = value;
  }
}

function ascendingPlaces(places: ReadonlySet<number>): number[] {
  return [...places].sort((left, right) => left - right);
}
