import { MeshwrightError, Verdict } from '@meshwright/model';
import { failedOf } from '@meshwright/statistics';
import type { MeasuredBaseline } from '../engine/baselines.ts';
import type { Repetition } from '../measuring/arms.ts';
import { caseReport, type CaseReport } from '../measuring/report.ts';
import {
  type ComparisonReport,
  type ShareQuestion,
  type ShareReport,
  shareReport,
  type TrialReport,
} from '../measuring/shares.ts';
import type { Level } from './ways.ts';

/**
 * The simulation's shares of comparisons that regressed, on shared machines with up to 16 blocks looked at after 7, 10, 13
 * and 16: docs/measuring.md, "How often it is wrong". For +50 % there is none.
 */
const simulated: Readonly<Record<string, number>> = { 'no change': 0.019, '+10 %': 0.88, '+20 %': 0.99 };
/** At most so many of no change may be taken back, and at least so many of each slowdown have to be found. */
const goals: Readonly<Record<string, number>> = { '+10 %': 0.8, '+20 %': 0.98, '+50 %': 0.98 };
const mostTakenBack = 0.025;

/** What is kept of a comparison. @throws MeshwrightError INTERNAL when it has no judgement. */
export function comparisonReport(
  { status, milliseconds, trials }: MeasuredBaseline,
  comparison: Pick<ComparisonReport, 'place' | 'level' | 'startedAt'>,
): ComparisonReport {
  const { judgement, blocks, name } = status;
  if (judgement === undefined) throw new MeshwrightError('INTERNAL', `${name} ended without a verdict.`);
  const trialOf = (trial: (typeof blocks)[number]['a']): TrialReport => {
    const { measured, requests, invalid } = trial;
    return { measured, requests, errors: failedOf(trial), invalid };
  };
  return {
    ...comparison,
    milliseconds: Math.round(milliseconds),
    judgement,
    blocks: blocks.map(({ a, b }) => ({ a: trialOf(a), b: trialOf(b) })),
    trials,
  };
}

/** For each level how many regressed, were inconclusive, and passed. */
export function sharesOf(levels: readonly Level[], comparisons: readonly ComparisonReport[]): ShareReport[] {
  return levels.flatMap((level) => {
    const judged = comparisons.filter((comparison) => comparison.level === level.name);
    const share = (question: ShareQuestion, verdict: Verdict): ShareReport => {
      const hits = judged.filter(({ judgement }) => judgement.verdict === verdict).length;
      return shareReport(question, hits, judged.length);
    };
    return [
      share(regressedQuestion(level), Verdict.regressed),
      share({ name: `${level.name}: inconclusive` }, Verdict.inconclusive),
      share({ name: `${level.name}: passed` }, Verdict.passed),
    ];
  });
}

function regressedQuestion({ name, added }: Level): ShareQuestion {
  const goal = added === 0 ? { atMost: mostTakenBack } : { atLeast: goals[name] ?? 0 };
  const figure = simulated[name];
  return {
    name: added === 0 ? `${name}: taken back` : `${name}: found`,
    goal,
    ...(figure === undefined ? {} : { simulated: figure }),
  };
}

/** How much each level was found to be, in how many blocks, and how long it took. */
export function casesOf(levels: readonly Level[], comparisons: readonly ComparisonReport[]): CaseReport[] {
  const ran = levels.filter(({ name }) => comparisons.some(({ level }) => level === name));
  const arms = ran.map(({ name, way }) => ({ name, description: `a route that delays by ${way.delay} ms` }));
  const samples = (valueOf: (comparison: ComparisonReport) => number): Repetition[] =>
    comparisons.map((comparison) => {
      const { place, level, startedAt } = comparison;
      return { repetition: place, arm: level, place: 1, startedAt, value: valueOf(comparison) };
    });
  const found = samples(({ judgement }) => judgement.metrics[0]?.ratio ?? Number.NaN);
  return [
    caseReport(
      { name: 'p50 of B over that of A', unit: 'ratio' },
      arms,
      found.filter(({ value }) => !Number.isNaN(value)),
    ),
    caseReport(
      { name: 'blocks of a comparison', unit: 'count' },
      arms,
      samples(({ blocks }) => blocks.length),
    ),
    caseReport(
      { name: 'time of a comparison', unit: 'ms' },
      arms,
      samples(({ milliseconds }) => milliseconds),
    ),
  ];
}
