import { Contrast, type Metric, Verdict } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, Comparison, Measurement } from './comparison.ts';
import { judge } from './judge.ts';

const latency: Metric = { name: 'p99', unit: 'ms', limit: { relative: 0.1, absolute: 0.5 } };

function trial(value: Measurement, name = 'p99'): Block['a'] {
  return { valid: true, measured: { [name]: value } };
}

/** Blocks of A = 20 with these ratios of B to A. */
function blocksOf(ratios: readonly number[], base = 20): Block[] {
  return ratios.map((ratio) => ({ a: trial(base), b: trial(base * ratio) }));
}

function comparison(blocks: Block[], metrics: Metric[] = [latency]): Comparison {
  return { id: 'x', contrast: Contrast.concurrent, metrics, blocks };
}

const steady = [1.001, 0.998, 1.004, 0.997, 1.002, 0.999, 1.003, 0.996, 1.0, 1.005];
const worse = steady.map((ratio) => ratio * 1.2);
const scattered = [0.8, 1.3, 0.9, 1.25, 1.1, 0.85, 1.2, 0.95, 1.0, 1.15];

describe('the verdict', () => {
  it('is regressed where the interval lies above 1 and the estimate reaches the limits', () => {
    const { verdict, metrics, reason } = judge(comparison(blocksOf(worse)));
    expect(verdict).toBe(Verdict.regressed);
    expect(metrics[0]).toMatchObject({ verdict: Verdict.regressed, blocks: 10, effect: 1 });
    expect(metrics[0]!.ratio).toBeCloseTo(1.2, 2);
    expect(reason).toMatch(
      /^p99 is 20(\.\d)? % \(4(\.\d+)? ms\) higher, between \+19\.\d % and \+20\.\d % ?: the limit is 10 % and 0\.5 ms\.$/,
    );
  });

  it('is passed where the whole interval lies under the limit', () => {
    expect(judge(comparison(blocksOf(steady))).verdict).toBe(Verdict.passed);
    const better = judge(comparison(blocksOf(steady.map((ratio) => ratio * 0.5))));
    expect(better.verdict).toBe(Verdict.passed);
    expect(better.reason).toContain('50 %');
    expect(better.reason).toContain('lower');
  });

  it('is inconclusive where both are possible, and says what it could have seen', () => {
    const { verdict, reason, metrics } = judge(comparison(blocksOf(scattered)));
    expect(verdict).toBe(Verdict.inconclusive);
    expect(reason).toContain('both no change and more than 10 % are possible');
    expect(metrics[0]!.detectable! / ((2.54 * metrics[0]!.sd!) / Math.sqrt(10))).toBeCloseTo(1, 2);
  });

  it('is inconclusive where a change in share is too small in its unit to matter', () => {
    const { verdict, reason } = judge(comparison(blocksOf(worse, 0.4)));
    expect(verdict).toBe(Verdict.inconclusive);
    expect(reason).toContain('above 10 %, and less than 0.5 ms');
  });

  it('takes the usual limits where a metric leaves them out', () => {
    const small = steady.map((ratio) => ratio * 1.07);
    const named = (name: string): Block[] =>
      small.map((ratio) => ({ a: trial(20, name), b: trial(20 * ratio, name) }));
    const verdictOf = (name: string, unit?: string): Verdict =>
      judge(comparison(named(name), [{ name, ...(unit === undefined ? {} : { unit }) }])).verdict;
    expect(verdictOf('p50', 'ms')).toBe(Verdict.regressed);
    expect(verdictOf('p50', 'us')).toBe(Verdict.inconclusive);
    expect(verdictOf('p50')).toBe(Verdict.regressed);
    expect(verdictOf('p99', 'ms')).toBe(Verdict.passed);
    expect(verdictOf('cpu')).toBe(Verdict.passed);
  });

  it('never rests on trials that are not valid, nor on what is missing or zero', () => {
    const lost: Block[] = [
      { a: trial(20), b: { ...trial(90), valid: false } },
      { a: trial(20), b: { valid: true, measured: {} } },
      { a: trial(0), b: trial(90) },
      { a: trial(20), b: { ...trial(90), valid: false } },
    ];
    const enough = judge(comparison([...lost, ...blocksOf(steady)]));
    expect(enough).toMatchObject({ verdict: Verdict.passed, metrics: [{ blocks: 10 }] });
    const few = judge(comparison([...lost, ...blocksOf(worse.slice(0, 4))]));
    expect(few.verdict).toBe(Verdict.inconclusive);
    expect(few.reason).toBe(
      'There are 4 of 5 blocks that p99 needs at least; of the others 2 not valid, 1 without p99, 1 with a p99 that is not above zero.',
    );
    expect(few.metrics[0]).not.toHaveProperty('ratio');
  });

  it('is inconclusive without metrics and without blocks', () => {
    expect(judge(comparison(blocksOf(steady), [])).verdict).toBe(Verdict.inconclusive);
    expect(judge(comparison([])).verdict).toBe(Verdict.inconclusive);
  });

  it('takes away what an untouched control saw in the same windows', () => {
    const drifting = worse.map((ratio) => ({
      a: trial(20),
      b: trial(20 * ratio),
      controlA: trial(5),
      controlB: trial(5 * 1.2),
    }));
    const controlled = { ...comparison(drifting), contrast: Contrast.controlled };
    expect(judge(controlled).verdict).toBe(Verdict.passed);
    expect(judge({ ...controlled, contrast: Contrast.advisory }).reason).toContain('Advisory');
    const without = judge({ ...controlled, blocks: blocksOf(worse) });
    expect(without).toMatchObject({ verdict: Verdict.inconclusive });
    expect(without.reason).toContain('10 without a control');
  });

  it('reads percentiles from histograms of one trial', () => {
    const histogram = (slowest: number): Measurement => ({
      buckets: [
        { upTo: 10, count: 980 },
        { upTo: slowest, count: 20 },
      ],
    });
    const blocks = steady.map((ratio) => ({ a: trial(histogram(20)), b: trial(histogram(26 * ratio)) }));
    const { metrics } = judge(comparison(blocks));
    expect(metrics[0]!.ratio).toBeCloseTo(1.3, 2);
    expect(judge(comparison(blocks, [{ name: 'p50', unit: 'ms' }])).verdict).toBe(Verdict.inconclusive);
  });

  it('asks more of each metric where several are judged together', () => {
    const five = [1.21, 1.2, 1.22, 1.19, 1.23];
    const blocks = five.map((ratio) => {
      const arm = (factor: number): Block['a'] => ({
        valid: true,
        measured: { p99: 20 * factor, p50: 20, cpu: 1 },
      });
      return { a: arm(1), b: arm(ratio) };
    });
    expect(judge(comparison(blocks)).verdict).toBe(Verdict.regressed);
    const together = judge(comparison(blocks, [latency, { name: 'p50', unit: 'ms' }, { name: 'cpu' }]));
    expect(together.metrics[0]!.pValue).toBeCloseTo(3 / 32, 12);
    expect(together.verdict).toBe(Verdict.inconclusive);
  });

  it('asks more of each look where a comparison is looked at several times', () => {
    const six = blocksOf(worse.slice(0, 6));
    expect(judge(comparison(six)).verdict).toBe(Verdict.regressed);
    expect(judge(comparison(six), { falseAlarm: 0.0125 }).verdict).toBe(Verdict.inconclusive);
    expect(judge(comparison(blocksOf(worse.slice(0, 7))), { falseAlarm: 0.0125 }).verdict).toBe(
      Verdict.regressed,
    );
  });
});

describe('whatever is measured', () => {
  const positive = fc.double({ min: 0.01, max: 1e5, noNaN: true });
  const pairs = fc.array(fc.tuple(positive, positive), { minLength: 5, maxLength: 18 });
  const blocksFrom = (values: readonly (readonly [number, number])[]): Block[] =>
    values.map(([a, b]) => ({ a: trial(a), b: trial(b) }));

  it('the ratio lies within its interval, and turns over when the arms change places', () => {
    fc.assert(
      fc.property(pairs, (values) => {
        const [there] = judge(comparison(blocksFrom(values))).metrics;
        const [back] = judge(comparison(blocksFrom(values.map(([a, b]) => [b, a] as const)))).metrics;
        const [low, high] = there!.interval!;
        expect(low).toBeLessThanOrEqual(there!.ratio!);
        expect(high).toBeGreaterThanOrEqual(there!.ratio!);
        expect(Math.log(there!.ratio!) + Math.log(back!.ratio!)).toBeCloseTo(0, 6);
        expect(Math.log(low) + Math.log(back!.interval![1])).toBeCloseTo(0, 6);
        expect(there!.effect! + back!.effect!).toBeCloseTo(1, 9);
      }),
    );
  });

  it('the unit that both arms are measured in changes no verdict but by its absolute limit', () => {
    const metric: Metric = { name: 'p99', limit: { relative: 0.1, absolute: 0 } };
    fc.assert(
      fc.property(pairs, fc.constantFrom(0.125, 8, 1024), (values, factor) => {
        const scaled = values.map(([a, b]) => [a * factor, b * factor] as const);
        const verdict = (given: readonly (readonly [number, number])[]): Verdict =>
          judge(comparison(blocksFrom(given), [metric])).verdict;
        expect(verdict(scaled)).toBe(verdict(values));
      }),
    );
  });

  it('a slower arm is never judged better', () => {
    const rank = { [Verdict.passed]: 0, [Verdict.inconclusive]: 1, [Verdict.regressed]: 2 };
    const metric: Metric = { name: 'p99', limit: { relative: 0.1, absolute: 0 } };
    fc.assert(
      fc.property(pairs, fc.double({ min: 1, max: 3, noNaN: true }), (values, factor) => {
        const slower = values.map(([a, b]) => [a, b * factor] as const);
        const verdict = (given: readonly (readonly [number, number])[]): number =>
          rank[judge(comparison(blocksFrom(given), [metric])).verdict];
        expect(verdict(slower)).toBeGreaterThanOrEqual(verdict(values));
      }),
    );
  });

  it('the same blocks give the same verdict, in any order', () => {
    fc.assert(
      fc.property(pairs, (values) => {
        const there = judge(comparison(blocksFrom(values)));
        const back = judge(comparison(blocksFrom(values.toReversed())));
        expect(back.verdict).toBe(there.verdict);
        expect(back.metrics[0]!.ratio).toBeCloseTo(there.metrics[0]!.ratio!, 9);
      }),
    );
  });
});
