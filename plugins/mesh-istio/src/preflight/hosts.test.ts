import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlap } from './hosts.ts';

const label = fc.stringMatching(/^[a-z]{1,3}$/);
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const host = fc.oneof(
  name,
  name.map((rest) => `*.${rest}`),
  fc.constant('*'),
);

describe('two host names', () => {
  it('overlap whichever is named first', () => {
    fc.assert(fc.property(host, host, (one, other) => overlap(one, other) === overlap(other, one)));
  });

  it('overlap with themselves, with what is beneath their wildcard, and with everything', () => {
    fc.assert(
      fc.property(name, label, (rest, first) => {
        expect(overlap(rest, rest)).toBe(true);
        expect(overlap(`*.${rest}`, `${first}.${rest}`)).toBe(true);
        expect(overlap('*', rest)).toBe(true);
      }),
    );
  });

  it('of which one ends like a wildcard without its dot do not', () => {
    expect(overlap('*.shop.test', 'eshop.test')).toBe(false);
    expect(overlap('*.shop.test', 'shop.test')).toBe(false);
    expect(overlap('*.a.test', '*.b.test')).toBe(false);
  });
});
