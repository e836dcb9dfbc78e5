import { describe, expect, it } from 'vitest';
import { differencesOf } from './differences.ts';
import { parseEvery, whenOf, whenText } from './when.ts';

describe('the time of a schedule', () => {
  it.each([
    ['90m', 5_400, 'every 90m'],
    ['120m', 7_200, 'every 2h'],
    ['6h', 21_600, 'every 6h'],
    ['7d', 604_800, 'every 7d'],
  ])('is an interval like %s', (text, seconds, said) => {
    const when = whenOf({ every: parseEvery(text) });
    expect(when).toEqual({ everySeconds: seconds });
    expect(whenText(when)).toBe(said);
  });

  it.each(['', '0h', '6', 'h', '1.5h', '-1h', '6 h', '99999d', '1w'])('is no interval like "%s"', (text) => {
    expect(() => parseEvery(text)).toThrow('like 90m, 6h or 1d');
  });

  it('is an expression in UTC, or in the timezone that is named', () => {
    expect(whenText(whenOf({ cron: '0 3 * * *' }))).toBe('0 3 * * * UTC');
    expect(whenText(whenOf({ cron: '@daily', timezone: 'Asia/Tokyo' }))).toBe('@daily Asia/Tokyo');
  });
});

describe('what differs', () => {
  it('is told by its place, whatever the order of names is', () => {
    expect(differencesOf({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 })).toEqual([]);
    expect(differencesOf({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 3] }, d: 'x' })).toEqual([
      'a: 1, now nothing',
      'b.c.1: 2, now 3',
      'd: nothing, now "x"',
    ]);
  });
});
