import { Contrast, type Metric } from '@meshwright/model';
import { type Block, type Comparison, type Measurement, shareOf, type Trial } from './comparison.ts';
import { quantileOfHistogram } from './histogram.ts';

/** What the usable blocks of a comparison hold of one metric. */
export interface Differences {
  /** Per block log(B) - log(A); with a control, less the same of the control. */
  logarithms: number[];
  a: number[];
  b: number[];
  /** How many blocks could not be used, and why, most frequent first. */
  unusable: { why: string; blocks: number }[];
}

/** Takes from each block what a metric needs; blocks that lack it are counted and left out. */
export function differencesOf({ blocks, contrast }: Comparison, metric: Metric): Differences {
  const found: Differences = { logarithms: [], a: [], b: [], unusable: [] };
  const unusable = new Map<string, number>();
  for (const block of blocks) {
    const pair = pairOf(block, metric, contrast === Contrast.controlled);
    if (typeof pair === 'string') {
      unusable.set(pair, (unusable.get(pair) ?? 0) + 1);
      continue;
    }
    // Of the quotient: a unit of both does not even change its last digit.
    found.logarithms.push(Math.log(pair.b / pair.a) - (pair.control ?? 0));
    found.a.push(pair.a);
    found.b.push(pair.b);
  }
  found.unusable = [...unusable]
    .map(([why, count]) => ({ why, blocks: count }))
    .sort((left, right) => right.blocks - left.blocks);
  return found;
}

/** Both values, or why they cannot be had. */
function pairOf(
  { a, b, controlA, controlB }: Block,
  metric: Metric,
  controlled: boolean,
): { a: number; b: number; control?: number } | string {
  const arms = valuesOf([a, b], metric);
  if (typeof arms === 'string') return arms;
  const [left, right] = arms;
  if (!controlled) return { a: left, b: right };
  if (controlA === undefined || controlB === undefined) return 'without a control';
  const controls = valuesOf([controlA, controlB], metric);
  if (typeof controls === 'string') return `with a control that is ${controls}`;
  return { a: left, b: right, control: Math.log(controls[1] / controls[0]) };
}

function valuesOf(trials: readonly [Trial, Trial], metric: Metric): [number, number] | string {
  if (trials.some(({ valid }) => !valid)) return 'not valid';
  const [left, right] = trials.map(({ measured }) => valueOf(measured[metric.name], metric));
  if (left === undefined || right === undefined) return `without ${metric.name}`;
  if (!(left > 0 && right > 0)) return `with a ${metric.name} that is not above zero`;
  return [left, right];
}

function valueOf(measured: Measurement | undefined, { name }: Metric): number | undefined {
  if (measured === undefined || typeof measured === 'number') return measured;
  const share = shareOf(name);
  const value = share === undefined ? undefined : quantileOfHistogram(measured, share);
  return Number.isNaN(value) ? undefined : value;
}
