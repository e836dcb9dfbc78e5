import { describe, expect, it } from 'vitest';
import { AdaptiveLimit, mapConcurrently } from './concurrency.ts';

describe('AdaptiveLimit', () => {
  it('halves when overloaded, once for refusals that come together, and grows back slowly', () => {
    const limit = new AdaptiveLimit(32);
    limit.overloaded(1_000);
    limit.overloaded(1_050);
    expect(limit.allowed).toBe(16);
    for (let i = 0; i < 17; i += 1) limit.succeeded();
    expect(limit.allowed).toBe(17);
    for (let i = 0; i < 10_000; i += 1) limit.succeeded();
    expect(limit.allowed).toBe(32);
  });

  it('never stops altogether', () => {
    const limit = new AdaptiveLimit(8);
    for (let i = 1; i < 20; i += 1) limit.overloaded(i * 1_000);
    expect(limit.allowed).toBe(1);
  });

  it('does not begin what was aborted while it waited', async () => {
    const limit = new AdaptiveLimit(1);
    const stop = new AbortController();
    const { promise, resolve } = Promise.withResolvers<string>();
    const first = limit.run(() => promise);
    let began = false;
    const second = limit.run(() => {
      began = true;
      return Promise.resolve();
    }, stop.signal);
    stop.abort(new Error('enough'));
    resolve('done');
    await first;
    await expect(second).rejects.toThrow('enough');
    expect(began).toBe(false);
  });
});

describe('mapConcurrently', () => {
  it('runs no more at once than allowed and keeps the order', async () => {
    let running = 0;
    let most = 0;
    const results = await mapConcurrently([1, 2, 3, 4, 5], 2, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      return item * 2;
    });
    expect(results).toEqual([2, 4, 6, 8, 10]);
    expect(most).toBe(2);
  });
});
