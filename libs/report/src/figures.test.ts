import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amount, count, moment, nothing, percent, signedPercent } from './figures.ts';
import { clipped, listed, plain, publicAddress } from './plain.ts';
import { hostileTexts } from './test-support/hostile.ts';

const shown = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('figures', () => {
  it.each([
    [0.004, '0.4 %'],
    [0.18234, '18.2 %'],
    [12.5, '1,250 %'],
    [-0.02, '-2 %'],
    [-0.0001, '0 %'],
    [1e9, 'more than 1,000,000 %'],
    [Number.NaN, nothing],
  ])('a share of %s is %s', (share, text) => {
    expect(shown(percent(share))).toBe(text);
  });

  it('have a sign where it says something', () => {
    expect([0.03, -0.03, 0, 0.00001, undefined].map(signedPercent).map(shown)).toEqual([
      '+3 %',
      '-3 %',
      '0 %',
      '0 %',
      '–',
    ]);
  });

  it('have three digits and a unit', () => {
    expect([0.01234, 12.34, 1234.5, 1e12].map((value) => shown(amount(value, 'ms')))).toEqual([
      '0.0123 ms',
      '12.3 ms',
      '1,235 ms',
      '1000000000000 ms',
    ]);
    expect([amount(undefined), count(Infinity), moment(Number.NaN), moment(1e300)]).toEqual(
      Array(4).fill(nothing),
    );
    expect(count(1234567)).toBe('1,234,567');
    expect(moment(Date.UTC(2026, 2, 1, 14, 5, 9))).toBe('2026-03-01 14:05:09 UTC');
  });
});

describe('foreign text', () => {
  it('is shown on one line without what a reader may obey', () => {
    expect(plain('a\u001b[2J\nb\u202ec\ud800')).toBe('a\ufffd[2J\ufffdb\ufffdc\ufffd');
    expect(plain('👩‍💻 é 漢')).toBe('👩‍💻 é 漢');
  });

  it('is cut between characters', () => {
    fc.assert(
      fc.property(hostileTexts(60), fc.integer({ min: 1, max: 30 }), (text, most) => {
        const cut = clipped(text, most);
        expect(Array.from(cut).length).toBeLessThanOrEqual(most);
        expect(cut.isWellFormed()).toBe(true);
      }),
    );
    expect(clipped('abcdef', 4)).toBe('abc…');
  });

  it('is listed with how many are left', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c', 'd', 'e']].map((items) => listed(items, 3))).toEqual([
      '',
      'a',
      'a and b',
      'a, b, c and 2 more',
    ]);
  });
});

it.each([
  ['http://user:pw@shop:8080/cart', 'http://shop:8080/cart'],
  ['http://a@b@shop/', 'http://shop/'],
  ['http:\\\\user:pw@shop', 'http:\\\\shop'],
  ['user:pw@shop:80', 'shop:80'],
  ['http://shop/cart?token=x#y', 'http://shop/cart?…'],
  ['http://shop/@me', 'http://shop/@me'],
  ['shop:50051', 'shop:50051'],
])('the address %s is shown as %s', (address, text) => {
  expect(publicAddress(address)).toBe(text);
});
