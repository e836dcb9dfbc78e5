import { usualLooks, Verdict } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { clopperPearson } from './binomial.ts';
import { errorBurst } from './error-burst.ts';
import { judge } from './judge.ts';
import { falseAlarmPerLook } from './looks.ts';
import { type Environment, environments, simulatedComparison } from './noise.ts';
import { seededRandom } from './random.ts';

const metric = { name: 'p99', unit: 'ms', limit: { relative: 0.05, absolute: 0.5 } };
const runs = 2_000;

/** How often comparisons of simulated trials come to a verdict. */
function shareOf(verdict: Verdict, environment: Environment, effect: number, blocks = 10) {
  let hits = 0;
  for (let seed = 1; seed <= runs; seed += 1) {
    const comparison = simulatedComparison(environment, { blocks, effect, seed, metric });
    if (judge(comparison).verdict === verdict) hits += 1;
  }
  return clopperPearson(hits, runs, 0.99);
}

/** The verdict of a comparison that is looked at again while it is inconclusive. */
function sequential(environment: Environment, effect: number, seed: number): Verdict {
  const whole = simulatedComparison(environment, { blocks: 16, effect, seed, metric });
  for (const look of usualLooks) {
    const { verdict } = judge(
      { ...whole, blocks: whole.blocks.slice(0, look) },
      { falseAlarm: falseAlarmPerLook() },
    );
    if (verdict !== Verdict.inconclusive) return verdict;
  }
  return Verdict.inconclusive;
}

describe('on shared machines, with 10 blocks', () => {
  it('takes back at most one in forty changes that changed nothing', () => {
    expect(shareOf(Verdict.regressed, environments.shared, 0).low).toBeLessThanOrEqual(0.025);
  });

  it('finds four in five changes that cost a tenth, and nearly all that cost a fifth', () => {
    expect(shareOf(Verdict.regressed, environments.shared, 0.1).high).toBeGreaterThanOrEqual(0.8);
    expect(shareOf(Verdict.regressed, environments.shared, 0.2).high).toBeGreaterThanOrEqual(0.98);
  });

  it('is right more often where more blocks are added as long as nothing is certain', () => {
    const verdicts = Array.from({ length: runs }, (_, seed) => sequential(environments.shared, 0, seed));
    const hits = verdicts.filter((verdict) => verdict === Verdict.regressed).length;
    expect(clopperPearson(hits, runs, 0.99).low).toBeLessThanOrEqual(0.025);
    const worse = Array.from({ length: runs }, (_, seed) => sequential(environments.shared, 0.1, seed));
    const found = worse.filter((verdict) => verdict === Verdict.regressed).length;
    expect(clopperPearson(found, runs, 0.99).high).toBeGreaterThanOrEqual(0.8);
  });
});

describe('an error burst', () => {
  const before = { requests: 3_000, errors: 3 };

  it('is seen within a second of a tenth of the requests failing', () => {
    expect(errorBurst(before, { requests: 100, errors: 10 }).burst).toBe(true);
  });

  it('is not seen in errors as before, however often one looks', () => {
    let alarms = 0;
    const changes = 300;
    for (let seed = 1; seed <= changes; seed += 1) {
      const random = seededRandom(seed);
      let errors = 0;
      let burst = false;
      for (let requests = 1; requests <= 2_000; requests += 1) {
        if (random.next() < 0.001) errors += 1;
        if (requests % 20 === 0) burst ||= errorBurst(before, { requests, errors }).burst;
      }
      if (burst) alarms += 1;
    }
    expect(alarms / changes).toBeLessThanOrEqual(0.01);
  });

  it('needs something before to compare with', () => {
    const nothing = { requests: 0, errors: 0 };
    expect(errorBurst(nothing, { requests: 100, errors: 100 }).burst).toBe(false);
    expect(errorBurst(before, nothing)).toMatchObject({ burst: false, evidence: 1 });
  });
});
