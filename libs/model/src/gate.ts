import type { LoadPath, TrialRecord } from './baseline.ts';
import type { Contrast, Judgement, Metric, Verdict } from './performance.ts';
import type { MetricName, OnInconclusive, OnRegression, ProfileLoad } from './profile.ts';

/**
 * How a change is measured: part of its plan, so that who approves the plan approves what judges it. Without `afterStage`
 * the workload is measured before the first stage and after the last one.
 */
export interface GatePlan {
  /** The name of the profile. */
  profile: string;
  contrast: Contrast;
  /** Why this contrast, and no stronger one, in the words people are shown. */
  reason: string;
  generator: string;
  /** The load agent that sends, where no probe does. */
  agent: string;
  load: ProfileLoad;
  /** The numbers of valid blocks at which it is judged. */
  looks: readonly number[];
  metrics: readonly Metric[];
  /** By how much the share of requests without a good answer may grow. */
  errorMargin: number;
  measurements: readonly GateMeasurement[];
  /** With both configurations live after this stage: both are measured then, and the stages after it wait. */
  afterStage?: string;
  /** Pods that the engine itself creates for it. */
  probes?: GateProbes;
  /** Where errors are counted while the change runs; absent where nobody can send then. */
  watch?: LoadPath;
  onRegression: OnRegression;
  onInconclusive: OnInconclusive;
  /** Metrics with a limit that no trial tells; their limits are not judged. */
  unmeasured: readonly MetricName[];
}

/** One endpoint of a profile, and the ways to it without the change and with it. */
export interface GateMeasurement {
  /** The name of the endpoint. */
  endpoint: string;
  paths: Readonly<Record<'a' | 'b', LoadPath>>;
  /** A way that the change does not touch. */
  control?: LoadPath;
}

/** Pods of the engine's own, in namespaces that exist for as long as they do. */
export interface GateProbes {
  namespaces: readonly string[];
  /** Whether they are there while the change runs; else they are made anew after it, as its mesh wants them. */
  staysOpen: boolean;
}

/** Where the measurement of a change stands. */
export interface GateStatus {
  contrast: Contrast;
  /** What is measured now, in words people are shown; absent when nothing is. */
  measuring?: string;
  comparisons: GateComparison[];
  /** The worst of the comparisons; absent until all are judged. */
  verdict?: Verdict;
  /** What is behind the verdict, or why there is none, in the words people are shown. */
  reason?: string;
  /** A person is asked whether the change is kept. */
  asks?: true;
  /** What became of the change for it: `kept`, `taken back`, or who decided it. */
  outcome?: string;
  /** Whether the workload is as it was, measured again after the change was taken back. */
  restored?: { verdict: Verdict; reason: string };
}

/** How far one endpoint's comparison is; its trials are in the results database. */
export interface GateComparison {
  endpoint: string;
  /** How many trials of each arm have been measured. */
  trials: { a: number; b: number };
  judgement?: Judgement;
  /** The id of its record in the results database, or why there is none. */
  record?: string;
  notKept?: string;
}

/** A trial, and what a control saw at the same time. */
export interface GateWindow {
  subject: TrialRecord;
  control?: TrialRecord;
}
