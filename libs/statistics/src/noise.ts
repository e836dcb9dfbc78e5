import { Contrast, type Metric } from '@meshwright/model';
import type { Block, Comparison } from './comparison.ts';
import { type Random, seededRandom } from './random.ts';

/** How figures of trials scatter where nothing changes. Shares: 0.05 is 5 %. */
export interface Environment {
  /** The standard deviation of a drift that one trial hands on to the next. */
  drift: number;
  /** The standard deviation of what each trial has of its own. */
  noise: number;
}

/** Machines as they are: nobody else on them, others on them, crowded. */
export const environments = {
  quiet: { drift: 0.03, noise: 0.03 },
  shared: { drift: 0.1, noise: 0.05 },
  noisy: { drift: 0.2, noise: 0.1 },
} as const satisfies Record<string, Environment>;

const handedOn = 0.9;
const spikes = { share: 0.05, size: 0.3 };
const typical = 20;

/** Blocks of two trials each, the order of the arms drawn, as comparisons take them. */
export function simulatedBlocks(
  { drift, noise }: Environment,
  { blocks, effect, seed }: { blocks: number; effect: number; seed: number },
  name = 'p99',
): Block[] {
  const random = seededRandom(seed);
  let level = drift * normal(random);
  const trial = (factor: number): Block['a'] => {
    level = handedOn * level + Math.sqrt(1 - handedOn ** 2) * drift * normal(random);
    const spike = random.next() < spikes.share ? spikes.size * Math.abs(normal(random)) : 0;
    const value = typical * factor * Math.exp(level + noise * normal(random) + spike);
    return { valid: true, measured: { [name]: value } };
  };
  return Array.from({ length: blocks }, () => {
    if (random.next() < 0.5) {
      const a = trial(1);
      return { a, b: trial(1 + effect) };
    }
    const b = trial(1 + effect);
    return { a: trial(1), b };
  });
}

/** A comparison of simulated blocks. */
export function simulatedComparison(
  environment: Environment,
  how: { blocks: number; effect: number; seed: number; metric: Metric },
): Comparison {
  const { metric, seed } = how;
  const blocks = simulatedBlocks(environment, how, metric.name);
  return { id: String(seed), contrast: Contrast.toggled, metrics: [metric], blocks };
}

/** Normally distributed around 0 with the deviation 1 (Box and Muller 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
