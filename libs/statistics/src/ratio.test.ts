import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, quantile } from './quantile.ts';
import { ratioOfPairs } from './ratio.ts';

const positive = fc.double({ min: 0.01, max: 1e6, noNaN: true });
const pair = fc.record({ value: positive, reference: positive });

function pairsOf(ratios: readonly number[]): { value: number; reference: number }[] {
  return ratios.map((ratio, index) => ({ value: ratio * (index + 1), reference: index + 1 }));
}

describe('the middle of values', () => {
  it('is the middle one, or the mean of both middle ones', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('takes the nearest rank for other shares', () => {
    const values = Array.from({ length: 30 }, (_, index) => index + 1);
    expect(quantile(values, 0.95)).toBe(29);
    expect(quantile(values, 0.5)).toBe(15);
    expect(quantile(values, 1)).toBe(30);
    expect(quantile([7], 0.95)).toBe(7);
    expect(quantile([], 0.95)).toBeNaN();
  });
});

describe('the ratio of pairs', () => {
  it('cancels what both arms of a pair have in common', () => {
    const { estimate, interval } = ratioOfPairs(pairsOf(new Array<number>(15).fill(0.5)));
    expect(estimate).toBeCloseTo(0.5);
    expect(interval?.low).toBeCloseTo(0.5);
    expect(interval?.high).toBeCloseTo(0.5);
  });

  it.each([
    // The published critical values for one-sided 0.05: sums up to 0, 2, 8, 10 and 30.
    { pairs: 5, outside: 1 },
    { pairs: 6, outside: 3 },
    { pairs: 9, outside: 9 },
    { pairs: 10, outside: 11 },
    { pairs: 15, outside: 31 },
  ])('takes the interval of $pairs pairs from the exact distribution', ({ pairs, outside }) => {
    const logs = Array.from({ length: pairs }, (_, index) => 2 ** index);
    const walsh = logs
      .flatMap((first, index) => logs.slice(index).map((second) => (first + second) / 2))
      .sort((left, right) => left - right);
    const { interval } = ratioOfPairs(pairsOf(logs.map((log) => Math.exp(log / 1e4))));
    expect(Math.log(interval?.low ?? 0) * 1e4).toBeCloseTo(walsh[outside - 1]!, 5);
    expect(Math.log(interval?.high ?? 0) * 1e4).toBeCloseTo(walsh.at(-outside)!, 5);
  });

  it('gives no interval where the exact one would be unbounded', () => {
    expect(ratioOfPairs(pairsOf([0.5, 0.6, 0.4, 0.5])).interval).toBeUndefined();
  });

  it('lies within its interval, and turns over when the arms change places', () => {
    fc.assert(
      fc.property(fc.array(pair, { minLength: 5, maxLength: 20 }), (pairs) => {
        const there = ratioOfPairs(pairs);
        const back = ratioOfPairs(
          pairs.map(({ value, reference }) => ({ value: reference, reference: value })),
        );
        expect(there.interval!.low).toBeLessThanOrEqual(there.estimate);
        expect(there.interval!.high).toBeGreaterThanOrEqual(there.estimate);
        expect(there.estimate * back.estimate).toBeCloseTo(1, 6);
        expect(there.interval!.low * back.interval!.high).toBeCloseTo(1, 6);
      }),
    );
  });
});
