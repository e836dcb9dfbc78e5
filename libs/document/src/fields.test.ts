import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dnsLabel, duration, formatDuration, labels, parseDuration, parseHostPort } from './fields.ts';

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

it('writes a duration as it reads it, in one unit', () => {
  expect([0, 90, 120, 3_600, 5_400, 86_400].map(formatDuration)).toEqual([
    '0s',
    '90s',
    '2m',
    '1h',
    '90m',
    '24h',
  ]);
  fc.assert(
    fc.property(fc.nat({ max: 900_000 }), (seconds) => {
      expect(parseDuration(formatDuration(seconds))).toBe(seconds * 1_000);
    }),
  );
});

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

it.each([
  [{ app: 'checkout', 'shop.example.com/Team_1': '' }, true],
  [{ 'a b': 'c' }, false],
  [{ a: '-' }, false],
  [{ '/a': 'b' }, false],
  [Object.fromEntries(Array.from({ length: 65 }, (_, place) => [`a${place}`, ''])), false],
])('takes labels as Kubernetes does: %j', (given, isTaken) => {
  expect(labels().safeParse(given).success).toBe(isTaken);
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

it.each([
  ['127.0.0.1:7233', { host: '127.0.0.1', port: 7233 }],
  ['[::1]:80', { host: '::1', port: 80 }],
  ['temporal.example.com:1', { host: 'temporal.example.com', port: 1 }],
])('reads the address %s', (text, expected) => {
  expect(parseHostPort(text, 1)).toEqual(expected);
});

it.each(['', ':80', 'a', 'a:', 'a:0', 'a:65536', 'a:b', '::1:80', 'http://a:80', '-a:80', 'a:80/x'])(
  'refuses the address %j',
  (text) => {
    expect(parseHostPort(text, 1)).toBeUndefined();
  },
);
