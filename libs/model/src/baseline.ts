import type { LatencyClock, LoadEndpoint, LoadRequest } from './load.ts';
import type { Contrast, Judgement, Metric } from './performance.ts';
import type { CostScope, TrialCost } from './trial-cost.ts';

/** The two sides of a comparison. */
export type Arm = 'a' | 'b';

/** A pod that sends load itself: a load generator that waits there for requests over HTTP. */
export interface Probe {
  cluster: string;
  namespace: string;
  /** Of the pods; the first that is ready sends. */
  labelSelector: string;
  port: number;
}

/** The way of a trial's requests: who sends, and where to. */
export interface LoadPath {
  /** The pod that sends, so that the load takes the way of the workload's own traffic; else a load agent does. */
  probe?: Probe;
  endpoint: LoadEndpoint;
  /** Whose cost is told where a probe sends; what is left out is found out, and nothing is looked for with `none`. */
  cost?: CostScope | 'none';
}

/** What a `performanceBaseline` measures and compares. */
export interface BaselineInput {
  /** What is compared, for people. */
  name: string;
  /** The load agent that sends, where no probe does. */
  agent: string;
  /** The id of the load generator. */
  generator: string;
  contrast: Contrast;
  /** Without the change, and with it. */
  paths: Readonly<Record<Arm, LoadPath>>;
  /** A way that the change does not touch, measured at the same time as each arm. */
  control?: LoadPath;
  load: Omit<LoadRequest, 'endpoint' | 'seed'>;
  metrics: readonly Metric[];
  /** By how much the share of requests without a good answer may grow; half a percentage point unless told. */
  errorMargin?: number;
  /** The numbers of valid blocks at which it is judged. */
  looks: readonly number[];
  /** For the order of the arms and the distances between requests. */
  seed: number;
}

/** One trial as the load agent is asked for it. */
export interface TrialInput {
  generator: string;
  /** The pod that sends; absent where the agent does by itself. */
  probe?: Probe;
  request: LoadRequest;
  /** Whose cost is told where a probe sends; what is left out is found out, and nothing is looked for with `none`. */
  cost?: CostScope | 'none';
}

/** What one trial came to. Times are in milliseconds. */
export interface TrialRecord {
  generator: { id: string; version: string };
  /** Where its latencies start, as far as the generator said. */
  clock?: LatencyClock;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Why it must not be judged; empty for a valid one. */
  invalid: readonly string[];
  requests: number;
  achievedRate: number;
  errors: Readonly<Record<string, number>>;
  /** By the names of metrics: p50, p90, p99, p99.9, and cpu where the cost of all proxies is known. */
  measured: Readonly<Record<string, number>>;
  /** All latencies, in microseconds, as HdrHistogram's tools exchange them. */
  latency: string;
  /** What was used meanwhile; only of a trial that a probe sent. */
  cost?: TrialCost;
  /** Why some of it is not known. */
  noCost?: string;
}

/** Both trials of a block, in the order in which they ran. */
export interface BaselineBlock {
  order: readonly [Arm, Arm];
  a: TrialRecord;
  b: TrialRecord;
  /** What the control saw while A was measured, and while B was. */
  controlA?: TrialRecord;
  controlB?: TrialRecord;
}

/** Where a baseline stands. */
export interface BaselineStatus {
  name: string;
  contrast: Contrast;
  metrics: readonly Metric[];
  /** What it waits for, in words people are shown; absent at the end. */
  waitingFor?: string;
  blocks: BaselineBlock[];
  /** Absent until the end. */
  judgement?: Judgement;
  /** Why it is not in the results database, where it could not be kept. */
  notKept?: string;
}

/** Activities of a load agent, on the task queue `load:<name>`, and of a cluster agent for probes of its cluster. */
export interface LoadActivities {
  /**
   * Runs one trial. Heartbeats; stops when cancelled. An attempt that was interrupted leaves nothing: the next one is a
   * whole trial of its own.
   */
  runTrial(input: TrialInput): Promise<TrialRecord>;
}
