import { describe, expect, it } from 'vitest';
import { comparisonInput, drawnLevels, extentOf, metricsFor } from './comparisons.ts';
import { noChange, slowdowns, type Way } from './ways.ts';

function counts(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...new Set(names)].map((name) => [name, names.filter((n) => n === name).length]),
  );
}

describe('the extent', () => {
  it('is 40 comparisons of no change and 20 of three slowdowns unless told', () => {
    const extent = extentOf({ quick: false, seed: 1 });
    expect(extent).toMatchObject({ same: 40, injected: 20 });
    expect(counts(drawnLevels(extent).map(({ name }) => name))).toEqual({
      'no change': 40,
      '+10 %': 7,
      '+20 %': 7,
      '+50 %': 6,
    });
  });

  it('is a handful with the largest slowdown when it is to be quick', () => {
    const names = drawnLevels(extentOf({ quick: true, seed: 1 })).map(({ name }) => name);
    expect(counts(names)).toEqual({ 'no change': 3, '+50 %': 2 });
  });

  it('is what was asked for, none too', () => {
    const options = { quick: true, comparisons: 0, injected: 5, seconds: 2, seed: 3 };
    expect(extentOf(options)).toMatchObject({ same: 0, injected: 5, seconds: 2, seed: 3 });
  });
});

it('is refused that nothing is compared', () => {
  expect(() => extentOf({ quick: false, comparisons: 0, injected: 0, seed: 1 })).toThrow(
    'nothing to compare',
  );
});

describe('the order', () => {
  const orderOf = (seed: number) => drawnLevels(extentOf({ quick: false, seed })).map(({ name }) => name);

  it('is the same for the same seed, and another for another', () => {
    expect(orderOf(1)).toEqual(orderOf(1));
    expect(orderOf(1)).not.toEqual(orderOf(2));
  });
});

describe('a comparison', () => {
  const extent = extentOf({ quick: false, seed: 7 });
  const path = ({ host }: Way) => ({ endpoint: { protocol: 'http1', address: `http://${host}/` } as const });
  const sender = { generator: 'fortio', path } as const;

  it('differs from one of no change in nothing but the way of B', () => {
    const [level] = slowdowns;
    if (level === undefined) throw new Error('There are no slowdowns.');
    const same = comparisonInput(noChange, 3, extent, sender);
    const slower = comparisonInput(level, 3, extent, sender);
    expect(slower.paths.b.endpoint.address).not.toBe(same.paths.b.endpoint.address);
    expect({ ...slower, paths: { ...slower.paths, b: same.paths.b } }).toEqual(same);
    // Even where nothing changes, B is a way of its own.
    expect(same.paths.b.endpoint.address).not.toBe(same.paths.a.endpoint.address);
  });

  it('has a name and draws of its own', () => {
    const inputs = [1, 2, 3].map((place) => comparisonInput(noChange, place, extent, sender));
    expect(new Set(inputs.map(({ name }) => name)).size).toBe(3);
    expect(new Set(inputs.map(({ seed }) => seed)).size).toBe(3);
  });

  it.each([
    { requests: 200, names: ['p50'] },
    { requests: 300, names: ['p50', 'p90'] },
    { requests: 3_000, names: ['p50', 'p90', 'p99'] },
  ])('judges what $requests requests are enough for', ({ requests, names }) => {
    expect(metricsFor(requests).map(({ name }) => name)).toEqual(names);
  });
});

describe('the slowdowns', () => {
  it('are 10, 20 and 50 % of an answer of 20 ms, beyond what the plain way delays', () => {
    expect(slowdowns.map(({ way }) => way.delay - noChange.way.delay)).toEqual([2, 4, 10]);
  });
});
