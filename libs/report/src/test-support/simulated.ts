import { encodeHdr } from '@meshwright/histogram';
import {
  Arrivals,
  type BaselineBlock,
  type BaselineInput,
  Contrast,
  type Histogram,
  LatencyClock,
  LoadProtocol,
  type TrialRecord,
  usualLooks,
} from '@meshwright/model';
import {
  comparisonOf,
  environments,
  falseAlarmPerLook,
  judge,
  quantileOfHistogram,
  type Random,
  seededRandom,
  simulatedBlocks,
} from '@meshwright/statistics';
import type { MeasuredBaseline } from '../measured.ts';

/** What is simulated; the defaults are a quiet machine on which nothing changed. */
export interface Simulated {
  environment?: keyof typeof environments;
  /** 0.2 makes B slower by a fifth. */
  effect?: number;
  blocks?: number;
  seed?: number;
  contrast?: Contrast;
  /** The blocks, from 0, whose trial of B was not valid. */
  lost?: readonly number[];
}

const percentiles = { p50: 0.5, p90: 0.9, p99: 0.99 };
const requests = 6_000;
const start = Date.UTC(2026, 2, 1, 14);
const trialMilliseconds = 27_000;

/**
 * A comparison as it could have been measured. The trials scatter by the noise model of `statistics`; the latencies within a
 * trial are those of a service with a body, a tail and a few very slow requests. The same arguments give the same one.
 */
export function simulatedBaseline(how: Simulated = {}): MeasuredBaseline {
  const {
    environment = 'quiet',
    effect = 0,
    blocks = 10,
    seed = 4,
    contrast = Contrast.concurrent,
    lost = [],
  } = how;
  const random = seededRandom(seed);
  const levels = simulatedBlocks(environments[environment], { blocks, effect, seed });
  const simulated = levels.map(({ a, b }, place): BaselineBlock => {
    const order = random.next() < 0.5 ? (['a', 'b'] as const) : (['b', 'a'] as const);
    const trial = (level: unknown, arm: 'a' | 'b'): TrialRecord =>
      trialOf(random, {
        level: Number(level) / typical,
        startedAt: start + (2 * place + order.indexOf(arm)) * trialMilliseconds,
        invalid:
          arm === 'b' && lost.includes(place)
            ? [
                'The generator lagged: one request in a hundred was 14.2 ms late or more, 1.0 ms are accepted.',
              ]
            : [],
      });
    return { order, a: trial(a.measured.p99, 'a'), b: trial(b.measured.p99, 'b') };
  });
  const given = inputOf(contrast, seed);
  return { input: given, status: statusOf(given, simulated) };
}

/** The level of the noise model's figures. */
const typical = 20;

function inputOf(contrast: Contrast, seed: number): BaselineInput {
  return {
    name: 'checkout',
    agent: 'local',
    generator: 'builtin',
    contrast,
    paths: {
      a: { endpoint: { protocol: LoadProtocol.http1, address: 'http://checkout-stable.shop:8080/cart' } },
      b: { endpoint: { protocol: LoadProtocol.http1, address: 'http://checkout-next.shop:8080/cart' } },
    },
    load: {
      rate: 300,
      connections: 8,
      warmUpSeconds: 5,
      seconds: 20,
      arrivals: Arrivals.poisson,
      timeoutSeconds: 5,
    },
    metrics: Object.keys(percentiles).map((name) => ({ name, unit: 'ms' })),
    looks: usualLooks,
    seed,
  };
}

/** The status at the end, judged as the engine does. */
export function statusOf(input: BaselineInput, blocks: readonly BaselineBlock[]): MeasuredBaseline['status'] {
  const { name, contrast, metrics, seed } = input;
  const status = { name, contrast, metrics, blocks: [...blocks] };
  const judgement = judge(comparisonOf(status), { falseAlarm: falseAlarmPerLook(), seed });
  return { ...status, judgement };
}

function trialOf(
  random: Random,
  { level, startedAt, invalid }: { level: number; startedAt: number; invalid: string[] },
): TrialRecord {
  const latency = latenciesOf(random, level);
  const measured = Object.entries(percentiles).map(
    ([name, share]) => [name, quantileOfHistogram(latency, share) / 1_000] as const,
  );
  return {
    generator: { id: 'builtin', version: '0.1.0' },
    clock: LatencyClock.intended,
    startedAt,
    invalid,
    requests,
    achievedRate: requests / 20 - random.below(10) / 20,
    errors: {},
    measured: Object.fromEntries(measured),
    latency: encodeHdr(latency),
  };
}

function latenciesOf(random: Random, level: number): Histogram {
  const counts = new Map<number, number>();
  for (let request = 0; request < requests; request += 1) {
    const body = 4 + 2.2 * exponential(random);
    const tail = random.next() < 0.04 ? 9 * exponential(random) : 0;
    const microseconds = Math.round(level * (body + tail) * 1_000);
    counts.set(microseconds, (counts.get(microseconds) ?? 0) + 1);
  }
  const buckets = [...counts].map(([upTo, count]) => ({ upTo, count }));
  return { buckets: buckets.toSorted((left, right) => left.upTo - right.upTo) };
}

function exponential(random: Random): number {
  return -Math.log(1 - random.next());
}
