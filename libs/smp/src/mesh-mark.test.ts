import fc from 'fast-check';
import { expect, it } from 'vitest';
import { meshMark, meshMarkClasses, type MeshMarkResource, type Utilization } from './mesh-mark.ts';

const resources = Object.values(meshMarkClasses).flatMap((weights) =>
  Object.keys(weights),
) as MeshMarkResource[];
const utilization: fc.Arbitrary<Utilization> = fc.record({
  used: fc.double({ min: 0, max: 1e6, noNaN: true }),
  assigned: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
});
const some = fc
  .dictionary(fc.constantFrom(...resources), utilization, { minKeys: 1, noNullPrototype: true })
  .map((given) => given as Partial<Record<MeshMarkResource, Utilization>>);

it('is the mean of classes, each the weighted mean of what is left', () => {
  const {
    mark,
    classes,
    resources: known,
  } = meshMark({
    proxyCpu: { used: 400, assigned: 1_000 },
    controlPlaneCpu: { used: 100, assigned: 1_000 },
    proxyMemory: { used: 50, assigned: 100 },
  });
  expect(classes.processor).toBeCloseTo((0.6 * 1.25 + 0.9 * 0.75) / 2, 12);
  expect(classes).toEqual({ processor: classes.processor, memory: 0.5 });
  expect(mark).toBeCloseTo(50 * (0.7125 + 0.5), 9);
  expect(known).toEqual(['proxyCpu', 'controlPlaneCpu', 'proxyMemory']);
});

it('is 100 where nothing is used, and 0 where nothing is left', () => {
  const all = (used: number) => Object.fromEntries(resources.map((name) => [name, { used, assigned: 10 }]));
  expect(meshMark(all(0)).mark).toBe(100);
  expect(meshMark(all(10)).mark).toBe(0);
  expect(meshMark(all(25)).mark).toBe(0);
});

it('lies between 0 and 100', () => {
  fc.assert(
    fc.property(some, (given) => {
      const { mark } = meshMark(given);
      expect(mark).toBeGreaterThanOrEqual(0);
      expect(mark).toBeLessThanOrEqual(100);
    }),
  );
});

it('never rises when more of a resource is used, and falls where some of it was left', () => {
  fc.assert(
    fc.property(some, fc.nat(), fc.double({ min: 0.01, max: 1, noNaN: true }), (given, place, more) => {
      const names = Object.keys(given) as MeshMarkResource[];
      const name = names[place % names.length]!;
      const { used, assigned } = given[name]!;
      const worse = { ...given, [name]: { used: used + more * assigned, assigned } };
      const [before, after] = [meshMark(given).mark, meshMark(worse).mark];
      if (used >= assigned) expect(after).toBe(before);
      else expect(after).toBeLessThanOrEqual(before + 1e-9);
      if (used < 0.9 * assigned) expect(after).toBeLessThan(before);
    }),
  );
});

it('has weights within the bounds of the specification', () => {
  for (const weights of Object.values(meshMarkClasses)) {
    for (const weight of Object.values<number>(weights)) expect(Math.abs(weight)).toBeLessThanOrEqual(0.5);
  }
});

it.each([
  ['no resource', {}],
  ['nothing assigned', { proxyCpu: { used: 0, assigned: 0 } }],
  ['less than nothing used', { proxyCpu: { used: -1, assigned: 1 } }],
  ['a figure that is none', { bandwidth: { used: Number.NaN, assigned: 1 } }],
])('is refused for %s', (_, given) => {
  expect(() => meshMark(given)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }) as Error);
});
