import { Arrivals } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleOf } from './schedule.ts';

const load = fc.record({
  rate: fc.integer({ min: 1, max: 2_000 }),
  seconds: fc.integer({ min: 1, max: 5 }),
  seed: fc.integer(),
});

describe('a schedule at equal distances', () => {
  it('has as many requests as rate and time say, none of them at the end or later', () => {
    fc.assert(
      fc.property(load, ({ rate, seconds, seed }) => {
        const times = scheduleOf({ rate, seconds, seed, arrivals: Arrivals.uniform });
        expect(times).toHaveLength(rate * seconds);
        expect(times[0]).toBe(0);
        expect(times.at(-1)).toBeLessThan(seconds * 1_000);
      }),
    );
  });

  it('keeps its distance', () => {
    const times = scheduleOf({ rate: 400, seconds: 1, seed: 1, arrivals: Arrivals.uniform });
    expect(times.every((time, place) => Math.abs(time - place * 2.5) < 1e-9)).toBe(true);
  });

  it('sends at rates below one a second, and in parts of a second', () => {
    const uniform = { seed: 1, arrivals: Arrivals.uniform };
    expect([...scheduleOf({ ...uniform, rate: 0.5, seconds: 4 })]).toEqual([0, 2_000]);
    expect([...scheduleOf({ ...uniform, rate: 10, seconds: 0.25 })]).toEqual([0, 100, 200]);
  });
});

describe('a schedule of independent callers', () => {
  it('rises, and ends before the time is over', () => {
    fc.assert(
      fc.property(load, ({ rate, seconds, seed }) => {
        const times = scheduleOf({ rate, seconds, seed, arrivals: Arrivals.poisson });
        expect(times.every((time, place) => time >= (times[place - 1] ?? 0))).toBe(true);
        expect(times.at(-1) ?? 0).toBeLessThan(seconds * 1_000);
      }),
    );
  });

  it('is the same for the same seed, and another for another', () => {
    const drawn = (seed: number): number[] => [
      ...scheduleOf({ rate: 100, seconds: 2, seed, arrivals: Arrivals.poisson }),
    ];
    expect(drawn(7)).toEqual(drawn(7));
    expect(drawn(8)).not.toEqual(drawn(7));
  });

  it('has the rate on average, and distances that scatter as much as they are long', () => {
    const times = scheduleOf({ rate: 1_000, seconds: 50, seed: 3, arrivals: Arrivals.poisson });
    // Five standard deviations around 50,000.
    expect(Math.abs(times.length - 50_000)).toBeLessThan(5 * Math.sqrt(50_000));
    const distances = [...times].map((time, place) => time - (times[place - 1] ?? 0));
    const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
    const variance = distances.reduce((sum, distance) => sum + (distance - mean) ** 2, 0) / distances.length;
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);
  });
});
