import { expect, it } from 'vitest';
import { createRates } from './rates.ts';

it('lets a burst through, then as much as a second brings', () => {
  let now = 0;
  const rates = createRates({ perSecond: 2, burst: 3 }, () => now);
  const take = (): boolean => rates.take('a') === undefined;
  expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
  now = 1_000;
  expect([take(), take(), take()]).toEqual([true, true, false]);
});

it('says how many seconds to wait', () => {
  const rates = createRates({ perSecond: 0.1, burst: 1 }, () => 0);
  expect(rates.take('a')).toBeUndefined();
  expect(rates.take('a')).toBe(10);
});

it('counts each key by itself', () => {
  const rates = createRates({ perSecond: 1, burst: 1 }, () => 0);
  expect([rates.take('a'), rates.take('b'), rates.take('a')]).toEqual([undefined, undefined, 1]);
});

it('remembers a bounded number of keys, those that came last', () => {
  const rates = createRates({ perSecond: 1, burst: 1 }, () => 0);
  for (let key = 0; key < 20_000; key += 1) rates.take(String(key));
  expect(rates.size).toBe(10_000);
  expect(rates.take('19999')).toBe(1);
  expect(rates.take('0')).toBeUndefined();
});
