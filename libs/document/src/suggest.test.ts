import fc from 'fast-check';
import { expect, it } from 'vitest';
import { editDistance, nearestName, suggestName } from './suggest.ts';

it('counts a swap of neighbours as one slip', () => {
  expect(editDistance('cluster', 'clutser')).toBe(1);
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('', 'abc')).toBe(3);
});

it('is zero only for equal texts, symmetric, and at most the longer length', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      const distance = editDistance(a, b);
      expect(distance).toBe(editDistance(b, a));
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});

it('suggests a near name in any letter case, and nothing far', () => {
  expect(nearestName('Istoi', ['istio', 'linkerd'])).toBe('istio');
  expect(nearestName('MTLS', ['mtls'])).toBe('mtls');
  expect(nearestName('consul', ['istio', 'linkerd'])).toBeUndefined();
  expect(nearestName('x'.repeat(10_000), ['istio'])).toBeUndefined();
});

it('lists the known names when none is near', () => {
  expect(suggestName('consul', ['istio', 'linkerd'], 'Known meshes')).toBe('Known meshes: istio, linkerd.');
  expect(suggestName('consul', [], 'Known meshes')).toBeUndefined();
});
