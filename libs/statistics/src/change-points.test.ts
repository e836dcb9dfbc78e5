import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clopperPearson } from './binomial.ts';
import { changePoints } from './change-points.ts';
import { bestDivision, strengthAt } from './divisive.ts';
import { normal } from './noise.ts';
import { type Random, seededRandom } from './random.ts';

interface Level {
  values: number;
  level: number;
}

/** Levels one after the other, with normal noise of the deviation 1. */
function series(levels: readonly Level[], seed: number): number[] {
  const random = seededRandom(seed);
  return levels.flatMap(({ values, level }) => Array.from({ length: values }, () => level + normal(random)));
}

function placesOf(values: readonly number[]): number[] {
  return changePoints(values).map(({ place }) => place);
}

describe('a step of four deviations', () => {
  it('is one change point, at most two places beside it, wherever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 110 }), fc.nat(), fc.boolean(), (place, seed, up) => {
        const levels = [
          { values: place, level: 20 },
          { values: 120 - place, level: up ? 24 : 16 },
        ];
        const points = changePoints(series(levels, seed));
        expect(points).toHaveLength(1);
        expect(Math.abs(points[0]!.place - place)).toBeLessThanOrEqual(2);
        expect(points[0]!.after > points[0]!.before).toBe(up);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('tells both levels and how probable it is without a change', () => {
    const values = series(
      [
        { values: 30, level: 10 },
        { values: 30, level: 14 },
      ],
      7,
    );
    const [point] = changePoints(values);
    expect(Math.abs(point!.before - 10)).toBeLessThan(1);
    expect(Math.abs(point!.after - 14)).toBeLessThan(1);
    expect(point!.pValue).toBeLessThanOrEqual(0.001);
  });

  it('is seen once there are three values of the new level', () => {
    const before = Array.from({ length: 30 }, (_, place) => 10 + (place % 5) / 10);
    expect(placesOf([...before, 20, 20.1])).toEqual([]);
    expect(placesOf([...before, 20, 20.1, 20.2])).toEqual([30]);
  });
});

describe('several changes', () => {
  it('are all found: up, and back again', () => {
    const levels = [
      { values: 40, level: 10 },
      { values: 15, level: 15 },
      { values: 40, level: 10 },
      { values: 40, level: 6 },
    ];
    const places = placesOf(series(levels, 3));
    expect(places).toHaveLength(3);
    for (const [index, expected] of [40, 55, 95].entries()) {
      expect(Math.abs((places[index] ?? 0) - expected)).toBeLessThanOrEqual(2);
    }
  });

  it('are found where each alone is small: a creep of a fifth over six releases', () => {
    const levels = [100, 103, 106, 109, 112, 115, 118].map((level) => ({ values: 12, level: level / 2 }));
    const points = changePoints(series(levels, 11));
    expect(points.length).toBeGreaterThanOrEqual(2);
    expect(points.at(-1)!.after / points[0]!.before).toBeGreaterThan(1.1);
  });
});

describe('no change', () => {
  const runs = 1_000;
  const length = 100;
  /** Windows of 50, each begun 25 after the one before. */
  const windows = 3;

  it.each([
    { noise: 'normal', draw: normal },
    { noise: 'with a long tail', draw: (random: Random) => Math.exp(2 * normal(random)) },
    { noise: 'of two values', draw: (random: Random) => random.below(2) },
  ])('is found in noise that is $noise, but for one window in a thousand', ({ draw }) => {
    let alarms = 0;
    for (let seed = 1; seed <= runs; seed += 1) {
      const random = seededRandom(seed);
      if (changePoints(Array.from({ length }, () => draw(random))).length > 0) alarms += 1;
    }
    expect(clopperPearson(alarms, runs, 0.99).low).toBeLessThanOrEqual(windows * 0.001);
  });

  it('is found in one wild value', () => {
    const values = Array.from({ length: 60 }, (_, place) => (place === 30 ? 1_000 : 10 + (place % 7)));
    expect(changePoints(values)).toEqual([]);
  });

  it('is found in values that are all the same, or too few', () => {
    expect(changePoints(new Array<number>(80).fill(3))).toEqual([]);
    expect(changePoints([])).toEqual([]);
    expect(changePoints([1, 2, 3, 100, 200])).toEqual([]);
  });
});

describe('the answer', () => {
  const values = series(
    [
      { values: 35, level: 20 },
      { values: 35, level: 23 },
    ],
    5,
  );

  it('is the same for the same values', () => {
    expect(changePoints(values)).toEqual(changePoints([...values]));
  });

  it('does not depend on the unit', () => {
    const found = changePoints(values).map(({ place, pValue }) => ({ place, pValue }));
    expect(found).toHaveLength(1);
    for (const factor of [1e-9, 1e-3, 7, 1e6, 1e12]) {
      const scaled = changePoints(values.map((value) => value * factor));
      expect(scaled.map(({ place, pValue }) => ({ place, pValue }))).toEqual(found);
    }
  });

  it.each([[[1, Number.NaN]], [[Infinity, 2]]])('is refused for %j', (wrong) => {
    expect(() => changePoints(wrong)).toThrow(/finite numbers/);
  });

  it('is refused for a window without room for two levels', () => {
    expect(() => changePoints(values, { window: 5 })).toThrow(/at least 6/);
  });
});

describe('the best division', () => {
  /** As the paper writes it, value by value. */
  function byDefinition(values: readonly number[]): number {
    let best = -Infinity;
    for (let place = 3; place <= values.length - 3; place += 1) {
      for (let end = place + 3; end <= values.length; end += 1) {
        best = Math.max(best, strengthAt(values.slice(0, end), place));
      }
    }
    return best;
  }

  it('is the strongest of all divisions of all beginnings', () => {
    const numbers = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 6, maxLength: 20 });
    fc.assert(
      fc.property(numbers, (values) => {
        expect(bestDivision(values)!.strength).toBeCloseTo(byDefinition(values), 9);
      }),
    );
  });

  it('weighs what can be counted by hand', () => {
    // Twice the mean distance between both sides is 2, within them it is 0, and 3 * 3 / 6 of that counts.
    expect(strengthAt([0, 0, 0, 1, 1, 1], 3)).toBeCloseTo(3, 12);
    expect(bestDivision([0, 0, 0, 1, 1, 1])).toEqual({ place: 3, strength: 3 });
  });
});
