import {
  Arrivals,
  type BaselineInput,
  Contrast,
  leastRequests,
  MeshwrightError,
  type Metric,
  usualLooks,
} from '@meshwright/model';
import { seededRandom } from '@meshwright/statistics';
import type { Sender } from './senders.ts';
import { type Level, noChange, plain, slowdowns } from './ways.ts';

/** How many comparisons, and how long their trials are. */
export interface Extent {
  /** Of no change. */
  same: number;
  /** Of all slowdowns together, which share them evenly. */
  injected: number;
  /** Of them these. */
  levels: readonly Level[];
  /** What a trial measures. */
  seconds: number;
  /** For the order, and for all that is drawn in a comparison. */
  seed: number;
}

const usual = { same: 40, injected: 20, levels: slowdowns, seconds: 1 };
/** The largest slowdown alone: whether it works, with as few blocks as there can be. */
const quickly = { same: 3, injected: 2, levels: slowdowns.slice(-1), seconds: 1 };
const rate = 200;
const warmUpSeconds = 0.25;
/** Fortio gives each the same whole number of requests. They carry half as much again with the largest slowdown. */
const connections = 10;

/**
 * What was asked for on the command line, and for the rest the usual.
 * @throws MeshwrightError INVALID_INPUT when there would be no comparison.
 */
export function extentOf(options: {
  quick: boolean;
  comparisons?: number;
  injected?: number;
  seconds?: number;
  seed: number;
}): Extent {
  const { quick, comparisons, injected, seconds, seed } = options;
  const unless = quick ? quickly : usual;
  const extent = {
    levels: unless.levels,
    same: comparisons ?? unless.same,
    injected: injected ?? unless.injected,
    seconds: seconds ?? unless.seconds,
    seed,
  };
  if (extent.same + extent.injected > 0) return extent;
  throw new MeshwrightError('INVALID_INPUT', 'There is nothing to compare.', {
    remedy: 'Ask for --comparisons or --injected.',
  });
}

/** All comparisons in drawn order, so that what changes on the machine meets all levels alike. */
export function drawnLevels({ same, injected, levels, seed }: Extent): Level[] {
  const all = [
    ...new Array<Level>(same).fill(noChange),
    ...Array.from({ length: injected }, (_, index) => levels[index % levels.length] ?? noChange),
  ];
  const random = seededRandom(seed);
  const drawn = all.map((level) => ({ level, lot: random.next() }));
  return drawn.sort((left, right) => left.lot - right.lot).map(({ level }) => level);
}

/**
 * What is judged in trials of so many requests: the median with a limit of 5 %, and those of p90 and p99, with 10 %, for
 * which there are enough.
 */
export function metricsFor(requests: number): Metric[] {
  const limits = [
    ['p50', 0.05],
    ['p90', 0.1],
    ['p99', 0.1],
  ] as const;
  return limits
    .filter(([name]) => requests >= (leastRequests[name] ?? 0))
    .map(([name, relative]) => ({ name, unit: 'ms', limit: { relative } }));
}

/** One comparison as the engine is asked for it, with the usual looks. */
export function comparisonInput(
  level: Level,
  place: number,
  { seconds, seed }: Extent,
  { generator, path }: Pick<Sender, 'generator' | 'path'>,
): BaselineInput {
  return {
    name: `bench-${place}`,
    agent: 'local',
    generator,
    contrast: Contrast.concurrent,
    paths: { a: path(plain), b: path(level.way) },
    load: { rate, connections, warmUpSeconds, seconds, arrivals: Arrivals.uniform, timeoutSeconds: 2 },
    metrics: metricsFor(rate * seconds),
    looks: usualLooks,
    seed: seed * 1_000 + place,
  };
}
