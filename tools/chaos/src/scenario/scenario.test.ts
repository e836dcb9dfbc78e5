import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultKind, faultNames, Operation } from './faults.ts';
import { scenarioOf } from './scenario.ts';

const seeds = fc.integer({ min: 1, max: 2 ** 31 });

describe('a scenario', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(scenarioOf({ seed: 7, faults: 50 })).toEqual(scenarioOf({ seed: 7, faults: 50 }));
    expect(scenarioOf({ seed: 7, faults: 50 })).not.toEqual(scenarioOf({ seed: 8, faults: 50 }));
  });

  it('begins every step where the one before it has ended', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const steps = scenarioOf({ seed, faults: 60 });
        for (const [place, { before }] of steps.entries()) {
          expect(before).toEqual(place === 0 ? undefined : steps[place - 1]?.after);
        }
      }),
    );
  });

  it('installs where there is no mesh, and does nothing but that there', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { before, operation } of scenarioOf({ seed, faults: 60 })) {
          expect(operation === Operation.install).toBe(before === undefined);
        }
      }),
    );
  });

  it('lets a fault strike only what it can strike', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { fault, operation, approval } of scenarioOf({ seed, faults: 200 })) {
          const { operations, needsApproval = false } = faultKind(fault);
          expect(operations).toContain(operation);
          if (needsApproval) expect(approval).toBe(true);
        }
      }),
    );
  });

  it('of 200 faults has every kind and every operation', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const steps = scenarioOf({ seed, faults: 200 });
        expect(new Set(steps.map(({ fault }) => fault))).toEqual(new Set(faultNames));
        expect(new Set(steps.map(({ operation }) => operation))).toEqual(new Set(Object.values(Operation)));
      }),
      { numRuns: 20 },
    );
  });

  it('that is quick has each of its kinds once, whatever the seed', () => {
    const quick = faultNames.filter((name) => faultKind(name).quick !== undefined);
    fc.assert(
      fc.property(seeds, (seed) => {
        const steps = scenarioOf({ seed, faults: quick.length, quick: true });
        expect(steps.map(({ fault }) => fault).sort()).toEqual(quick.toSorted());
      }),
    );
  });

  it('of one kind alone brings the others only where that one cannot strike', () => {
    const steps = scenarioOf({ seed: 3, faults: 6, only: 'kill-during-way-back' });
    expect(steps.map(({ fault }) => fault)).toEqual([
      'kill-at-random',
      ...Array<string>(5).fill('kill-during-way-back'),
    ]);
  });
});
