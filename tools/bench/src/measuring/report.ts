import type { Repetition, Arm } from './arms.ts';
import type { Machine } from './machine.ts';
import type { ComparisonReport, ShareReport } from './shares.ts';
import { median, quantile, ratioOfPairs, type RatioEstimate } from '@meshwright/statistics';

/** What a benchmark found; this is the JSON it writes. */
export interface Report {
  benchmark: string;
  startedAt: string;
  seconds: number;
  /** Fewer repetitions than the figures need. */
  quick: boolean;
  machine: Machine;
  /** Versions of everything that took part. */
  versions: Record<string, string>;
  /** What a reader must know to judge the figures. */
  notes: string[];
  cases: CaseReport[];
  /** How often something happened, where that is the question. */
  shares?: ShareReport[];
  /** Every comparison that the shares are of. */
  comparisons?: ComparisonReport[];
}

export type Unit = 'ms' | 'MiB' | 'count' | 'ratio';

/** One question: the same work by several arms, or one figure against a limit. */
export interface CaseReport {
  name: string;
  unit: Unit;
  arms: ArmReport[];
  ratios: RatioReport[];
  limits: LimitReport[];
  repetitions: Repetition[];
}

export interface ArmReport {
  name: string;
  description: string;
  count: number;
  median: number;
  p95: number;
  p99: number;
  min: number;
  max: number;
}

/** `met` and `missed` where the whole interval says so, else `open`. */
export type Judgement = 'met' | 'missed' | 'open';

export interface RatioReport extends RatioEstimate {
  arm: string;
  reference: string;
  /** The ratio to reach; a comparison without one is only for information. */
  goal?: number;
  judgement?: Judgement;
}

export interface LimitReport {
  arm: string;
  statistic: 'median' | 'p95' | 'p99' | 'max';
  value: number;
  goal: number;
  judgement: Judgement;
}

/** What a case asks of its arms. */
export interface Question {
  name: string;
  unit: Unit;
  /** The arm all others are compared with. */
  reference?: string;
  /** The ratio to the reference that an arm is to reach. */
  ratioGoals?: Readonly<Record<string, number>>;
  limits?: readonly Pick<LimitReport, 'arm' | 'statistic' | 'goal'>[];
}

/** Summarizes the repetitions of a case's arms and judges its goals. */
export function caseReport(
  question: Question,
  arms: readonly Pick<Arm, 'name' | 'description'>[],
  repetitions: readonly Repetition[],
): CaseReport {
  const { name, unit, reference, ratioGoals = {}, limits = [] } = question;
  const reports = arms.map((arm) => armReport(arm, repetitions));
  const others = reference === undefined ? [] : arms.filter((arm) => arm.name !== reference);
  return {
    name,
    unit,
    arms: reports,
    ratios: others.map((arm) => ratioReport(arm.name, reference ?? '', repetitions, ratioGoals[arm.name])),
    limits: limits.flatMap((limit) => limitReport(limit, reports)),
    repetitions: [...repetitions],
  };
}

function armReport(
  { name, description }: Pick<Arm, 'name' | 'description'>,
  repetitions: readonly Repetition[],
): ArmReport {
  const values = repetitions.filter(({ arm }) => arm === name).map(({ value }) => value);
  return {
    name,
    description,
    count: values.length,
    median: median(values),
    p95: quantile(values, 0.95),
    p99: quantile(values, 0.99),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

function ratioReport(
  arm: string,
  reference: string,
  repetitions: readonly Repetition[],
  goal: number | undefined,
): RatioReport {
  const ratio = ratioOfPairs(pairsOf(arm, reference, repetitions));
  if (goal === undefined) return { arm, reference, ...ratio };
  return { arm, reference, ...ratio, goal, judgement: judgeRatio(ratio, goal) };
}

function pairsOf(
  arm: string,
  reference: string,
  repetitions: readonly Repetition[],
): { value: number; reference: number }[] {
  const references = new Map(
    repetitions.filter((each) => each.arm === reference).map((each) => [each.repetition, each.value]),
  );
  return repetitions
    .filter((each) => each.arm === arm)
    .flatMap(({ repetition, value }) => {
      const paired = references.get(repetition);
      return paired === undefined ? [] : [{ value, reference: paired }];
    });
}

function judgeRatio({ interval }: RatioEstimate, goal: number): Judgement {
  if (interval === undefined) return 'open';
  if (interval.high <= goal) return 'met';
  return interval.low > goal ? 'missed' : 'open';
}

function limitReport(
  { arm, statistic, goal }: Pick<LimitReport, 'arm' | 'statistic' | 'goal'>,
  reports: readonly ArmReport[],
): LimitReport[] {
  const report = reports.find(({ name }) => name === arm);
  if (report === undefined || report.count === 0) return [];
  const value = report[statistic];
  return [{ arm, statistic, value, goal, judgement: value <= goal ? 'met' : 'missed' }];
}
