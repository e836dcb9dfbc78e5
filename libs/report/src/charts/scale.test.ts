import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depthOf } from '../curves.ts';
import { depthScale, domainOf, logScale, spread, ticksOf } from './scale.ts';

const positive = fc.double({ min: 1e-90, max: 1e90, noNaN: true });
const values = fc.array(fc.oneof(positive, fc.double()), { maxLength: 50 });

describe('a domain', () => {
  it('holds all values that can be drawn, with room at both ends', () => {
    fc.assert(
      fc.property(values, (given) => {
        const { low, high } = domainOf(given);
        expect(low).toBeGreaterThan(0);
        expect(high).toBeGreaterThan(low);
        expect(Number.isFinite(high)).toBe(true);
        for (const value of given.filter((each) => each >= 1e-90 && each <= 1e90)) {
          expect(value).toBeGreaterThan(low);
          expect(value).toBeLessThan(high);
        }
      }),
    );
  });

  it('leaves out what no scale can show', () => {
    expect(domainOf([Number.NaN, 0, -1, Infinity, 5e-324])).toEqual(domainOf([]));
  });
});

describe('scales', () => {
  it('keep the order of values, and keep within the range', () => {
    fc.assert(
      fc.property(values, positive, positive, (given, first, second) => {
        const scale = logScale(domainOf(given), [300, 20]);
        const [low, high] = [Math.min(first, second), Math.max(first, second)];
        expect(scale(high)).toBeLessThanOrEqual(scale(low));
        for (const value of [0, -3, Infinity, first]) {
          expect(scale(value)).toBeGreaterThanOrEqual(20);
          expect(scale(value)).toBeLessThanOrEqual(300);
        }
      }),
    );
  });

  it('make equal ratios equal distances', () => {
    const scale = logScale({ low: 1, high: 16 }, [0, 400]);
    expect([1, 2, 4, 8, 16].map(scale)).toEqual([0, 100, 200, 300, 400]);
  });

  it('give each further nine of a percentile the same room', () => {
    const scale = depthScale(3, [0, 300]);
    const places = [0.9, 0.99, 0.999].map((share) => scale(depthOf(share)));
    expect(places[1]! - places[0]!).toBeCloseTo(places[2]! - places[1]!, 6);
    expect(scale(depthOf(0.25))).toBe(0);
    expect(scale(9)).toBe(300);
  });
});

describe('ticks', () => {
  it('are few, in order, and within their domain', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 4, max: 10 }), (given, most) => {
        const domain = domainOf(given);
        const ticks = ticksOf(domain, most);
        expect(ticks.length).toBeGreaterThan(0);
        expect(ticks.length).toBeLessThanOrEqual(most);
        for (const [place, tick] of ticks.entries()) {
          expect(tick).toBeGreaterThan(ticks[place - 1] ?? 0);
          expect(tick).toBeGreaterThanOrEqual(domain.low);
          expect(tick).toBeLessThanOrEqual(domain.high);
        }
      }),
    );
  });

  it('are round', () => {
    expect(ticksOf({ low: 0.93, high: 1.27 }, 6)).toEqual([1, 1.1, 1.2]);
    expect(ticksOf({ low: 0.9, high: 30 }, 7)).toEqual([1, 2, 5, 10, 20]);
    expect(ticksOf({ low: 1e-3, high: 1e6 }, 5)).toEqual([1e-3, 0.1, 10, 1e3, 1e5]);
  });
});

it('labels that are moved apart have their distance and stay in their order', () => {
  const places = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 12 });
  fc.assert(
    fc.property(places, (given) => {
      const moved = spread(given, 17, [0, 300]);
      const order = given.map((_, index) => index).sort((left, right) => given[left]! - given[right]!);
      for (const [place, index] of order.entries()) {
        expect(moved[index]).toBeGreaterThanOrEqual(0);
        expect(moved[index]).toBeLessThanOrEqual(300);
        if (place > 0) expect(moved[index]! - moved[order[place - 1]!]!).toBeGreaterThanOrEqual(17 - 1e-9);
      }
    }),
  );
});
