import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minor, parse } from 'semver';
import { isOlder, stepsBetween } from './skew.ts';

const reach = { canary: 2, 'in-place': 1 } as const;
const strategies = fc.constantFrom('canary' as const, 'in-place' as const);
const version = fc
  .record({ minor: fc.integer({ min: 0, max: 60 }), patch: fc.integer({ min: 0, max: 20 }) })
  .map((part) => `1.${part.minor}.${part.patch}`);

/** The minor version of a step, which may be `1.29.x`. */
function minorOf(step: string): number {
  return minor(step.replace('x', '0'));
}

describe('the supported way between two versions', () => {
  it.each<[string, string, 'canary' | 'in-place', string[]]>([
    ['1.30.0', '1.30.4', 'in-place', ['1.30.4']],
    ['1.30.4', '1.30.0', 'in-place', ['1.30.0']],
    ['1.30.0', '1.31.0', 'in-place', ['1.31.0']],
    ['1.29.0', '1.31.0', 'in-place', ['1.30.x', '1.31.0']],
    ['1.29.0', '1.31.0', 'canary', ['1.31.0']],
    ['1.27.2', '1.31.0', 'canary', ['1.29.x', '1.31.0']],
    ['1.26.2', '1.31.0', 'canary', ['1.28.x', '1.30.x', '1.31.0']],
    ['1.31.0', '1.27.2', 'canary', ['1.29.x', '1.27.2']],
    ['1.31.0-rc.1', '1.31.0', 'canary', ['1.31.0']],
  ])('from %s to %s, %s', (from, to, strategy, steps) => {
    expect(stepsBetween(from, to, strategy)).toEqual(steps);
  });

  it('is none between major versions, nor for what is no version', () => {
    expect(stepsBetween('1.31.0', '2.0.0', 'canary')).toBeUndefined();
    expect(stepsBetween('unknown', '1.31.0', 'canary')).toBeUndefined();
  });

  it('ends at the wanted version, crosses what is allowed with every step, and is as short as can be', () => {
    fc.assert(
      fc.property(version, version, strategies, (from, to, strategy) => {
        const steps = stepsBetween(from, to, strategy) ?? [];
        const minors = [from, ...steps].map(minorOf);
        const crossed = minors.slice(1).map((value, index) => Math.abs(value - (minors[index] ?? 0)));
        expect(steps.at(-1)).toBe(to);
        expect(Math.max(...crossed)).toBeLessThanOrEqual(reach[strategy]);
        const distance = Math.abs(minorOf(to) - minorOf(from));
        expect(steps).toHaveLength(Math.max(1, Math.ceil(distance / reach[strategy])));
      }),
    );
  });

  it('goes one way only', () => {
    fc.assert(
      fc.property(version, version, strategies, (from, to, strategy) => {
        const minors = [from, ...(stepsBetween(from, to, strategy) ?? [])].map(minorOf);
        const sorted = [...minors].sort((a, b) => (isOlder(to, from) ? b - a : a - b));
        expect(minors).toEqual(sorted);
      }),
    );
  });

  it('names versions that are versions', () => {
    fc.assert(
      fc.property(version, version, strategies, (from, to, strategy) => {
        for (const step of stepsBetween(from, to, strategy) ?? []) {
          expect(parse(step.replace('x', '0'))).not.toBeNull();
        }
      }),
    );
  });
});
