import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UsageSample } from './node-usage.ts';
import { usageRate } from './usage-rate.ts';

const span = { from: 100_000, to: 120_000 };

/** A counter that idles, then takes so many millicores from the span's begin to its end, and idles again. */
function sampleAt(at: number, { idle, loaded }: { idle: number; loaded: number }): UsageSample {
  const inLoad = Math.min(Math.max(at - span.from, 0), span.to - span.from);
  const cpuSeconds = 50 + (inLoad * loaded + (at - inLoad) * idle) / 1e6;
  return { at, cpuSeconds, memory: at };
}

const times = fc.uniqueArray(fc.integer({ min: 60_000, max: 160_000 }), { maxLength: 20 });
const usage = fc.record({
  idle: fc.integer({ min: 0, max: 50 }),
  loaded: fc.integer({ min: 0, max: 4_000 }),
});

describe('what is used in a second of a load', () => {
  it('is exact however the samples lie, for it takes nothing from outside of the load', () => {
    fc.assert(
      fc.property(times, usage, (at, { idle, loaded }) => {
        const within = at.filter((time) => time >= span.from && time <= span.to);
        const rate = usageRate(
          at.map((time) => sampleAt(time, { idle, loaded })),
          span,
        );
        const covered = Math.max(...within) - Math.min(...within);
        const isEnough = within.length > 1 && covered >= (span.to - span.from) / 3;
        expect(rate !== undefined).toBe(isEnough);
        if (rate === undefined) return;
        expect(rate.millicores).toBeCloseTo(loaded, 3);
        expect(rate.memory).toBe(Math.max(...within));
      }),
    );
  });

  it('is known to samples 10 s apart, whenever they begin', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999 }), usage, (phase, used) => {
        const at = Array.from({ length: 8 }, (_, place) => 70_000 + phase + place * 10_000);
        expect(
          usageRate(
            at.map((time) => sampleAt(time, used)),
            span,
          )?.millicores,
        ).toBeCloseTo(used.loaded, 3);
      }),
    );
  });

  it('is not known where samples are missing, or the counter began anew', () => {
    const used = { idle: 0, loaded: 100 };
    const at = (...all: number[]) => all.map((time) => sampleAt(time, used));
    expect(usageRate([], span)).toBeUndefined();
    expect(usageRate(at(90_000, 130_000), span)).toBeUndefined();
    expect(usageRate(at(90_000, 110_000, 130_000), span)).toBeUndefined();
    expect(usageRate(at(110_000, 112_000), span)).toBeUndefined();
    const restarted = { ...sampleAt(118_000, used), cpuSeconds: 0.1 };
    expect(usageRate([...at(101_000), restarted], span)).toBeUndefined();
  });
});
