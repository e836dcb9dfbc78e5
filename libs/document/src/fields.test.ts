import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dnsLabel, duration, parseDuration } from './fields.ts';

it.each([
  ['30s', 30_000],
  ['15m', 900_000],
  ['24h', 86_400_000],
  ['1h30m', 5_400_000],
  ['7d', 604_800_000],
  ['1d2h3m4s', 93_784_000],
  ['0s', 0],
])('reads %s', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

it.each(['', '24', '-1s', '1e99h', '1.5h', '1h 30m', '30m1h', 'h', ' 1h', '1H', '1ms', '9999999h', '1h\n'])(
  'refuses %j',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

it('refuses a duration out of bounds, and nothing else', () => {
  const schema = duration({ min: '1m', max: '30d' });
  fc.assert(
    fc.property(fc.nat({ max: 999_999 }), fc.constantFrom('s', 'm', 'h', 'd'), (count, unit) => {
      const milliseconds = parseDuration(`${count}${unit}`) ?? NaN;
      const result = schema.safeParse(`${count}${unit}`);
      expect(result.success).toBe(milliseconds >= 60_000 && milliseconds <= 30 * 86_400_000);
      if (result.success) expect(result.data).toBe(milliseconds);
    }),
  );
});

it.each(['a', 'a-b', '0', 'x'.repeat(63)])('takes the name %s', (name) => {
  expect(dnsLabel().safeParse(name).success).toBe(true);
});

it.each(['', '-a', 'a-', 'A', 'a.b', 'a_b', 'x'.repeat(64), 'а', 'a\n', '../a', 'a b'])(
  'refuses the name %j',
  (name) => {
    expect(dnsLabel().safeParse(name).success).toBe(false);
  },
);
