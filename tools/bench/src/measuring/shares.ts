import type { Judgement as ComparisonJudgement } from '@meshwright/model';
import { clopperPearson } from '@meshwright/statistics';
import type { Judgement } from './report.ts';

/** How often something happened, of how many times. */
export interface ShareReport {
  name: string;
  hits: number;
  tries: number;
  share: number;
  /** Clopper and Pearson's exact interval of 95 %. */
  interval: { low: number; high: number };
  /** The same in a simulation, where there is one. */
  simulated?: number;
  goal?: ShareGoal;
  /** `met` and `missed` where the whole interval says so, else `open`. */
  judgement?: Judgement;
}

/** A share that is not to be exceeded, or to be reached. */
export type ShareGoal = { atMost: number } | { atLeast: number };

/** What a share is called, and what it is held against. */
export type ShareQuestion = Pick<ShareReport, 'name' | 'simulated' | 'goal'>;

/** One comparison, as the JSON has it. */
export interface ComparisonReport {
  /** Its place in the drawn order, from 1. */
  place: number;
  level: string;
  startedAt: string;
  milliseconds: number;
  judgement: ComparisonJudgement;
  /** The figures of each block's trials, and why one was not valid. */
  blocks: { a: TrialReport; b: TrialReport }[];
  /** Trials that were run, those that were repeated too. */
  trials: number;
}

/** What one trial of a comparison came to. */
export interface TrialReport {
  measured: Readonly<Record<string, number>>;
  requests: number;
  errors: number;
  invalid: readonly string[];
}

/** A share with its interval, judged by its goal. */
export function shareReport(question: ShareQuestion, hits: number, tries: number): ShareReport {
  const interval = clopperPearson(hits, tries);
  const report = { ...question, hits, tries, share: tries === 0 ? Number.NaN : hits / tries, interval };
  return question.goal === undefined ? report : { ...report, judgement: judge(interval, question.goal) };
}

function judge({ low, high }: ShareReport['interval'], goal: ShareGoal): Judgement {
  const [isMet, isMissed] =
    'atMost' in goal ? [high <= goal.atMost, low > goal.atMost] : [low >= goal.atLeast, high < goal.atLeast];
  if (isMet) return 'met';
  return isMissed ? 'missed' : 'open';
}
