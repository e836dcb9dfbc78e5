import type { Arm, BaselineContext, BaselineRecord, Contrast, Verdict } from '@meshwright/model';

/** Baselines, kept and found again. Every function throws MeshwrightError RESULTS_UNAVAILABLE when the database fails. */
export interface ResultsStore {
  /** Where the database is, for people. */
  readonly where: string;
  /**
   * Keeps a baseline, all of it or nothing. Saving the same again changes nothing.
   * @throws MeshwrightError INVALID_INPUT when it cannot be kept as it is, and when the id is that of another one.
   */
  save(record: BaselineRecord): Promise<void>;
  /** A baseline with all its trials, or undefined. Credentials that its endpoints had are not in it. */
  get(id: string): Promise<BaselineRecord | undefined>;
  /**
   * Baselines, the newest first.
   * @throws MeshwrightError INVALID_INPUT for a cursor that is none.
   */
  list(query?: ListQuery): Promise<BaselinePage>;
  /** The figures of one metric over time, in one series for all that were measured under the same conditions. */
  series(query: SeriesQuery): Promise<MetricSeries[]>;
  close(): Promise<void>;
}

/** Which baselines; what is left out does not matter. */
export interface ListQuery {
  id?: string;
  /** How their ids begin. */
  idPrefix?: string;
  pattern?: string;
  cluster?: string;
  /** The type of the mesh of arm B. */
  mesh?: string;
  /** One of the metrics. */
  metric?: string;
  /** At most so many, from 1 to 1000; 50 unless told. */
  limit?: number;
  /** `next` of the page before. */
  cursor?: string;
}

/** Some baselines, and where to go on. */
export interface BaselinePage {
  baselines: BaselineSummary[];
  /** The cursor of the next page; absent on the last. */
  next?: string;
}

/** A baseline without its trials. */
export interface BaselineSummary {
  id: string;
  name: string;
  context: BaselineContext;
  contrast: Contrast;
  conditions: Readonly<Record<Arm, Conditions>>;
  /** Milliseconds since 1970. */
  startedAt: number;
  endedAt: number;
  blocks: number;
  /** Absent where it was stopped before. */
  verdict?: Verdict;
  reason?: string;
  metrics: MetricSummary[];
}

/** What figures must share to be comparable. */
export interface Conditions {
  /** The same for all that are comparable. */
  digest: string;
  agent: string;
  generator: string;
  endpoint: string;
  /** Requests a second. */
  rate: number;
  connections: number;
  seconds: number;
}

/** One metric of a baseline. */
export interface MetricSummary {
  name: string;
  unit?: string;
  verdict?: Verdict;
  /** How many times A the arm B is. */
  ratio?: number;
  interval?: [low: number, high: number];
  /** The medians of the valid trials. */
  figures: Partial<Record<Arm, number>>;
}

/** Which figures; what is left out does not matter. */
export interface SeriesQuery {
  metric: string;
  /** B unless told: what was in effect with the change. */
  arm?: Arm;
  pattern?: string;
  cluster?: string;
  mesh?: string;
  /** The address of the arm's endpoint. */
  endpoint?: string;
  /** The newest so many figures, from 1 to 10000; 1000 unless told. */
  limit?: number;
}

/** Figures that are comparable, from the oldest to the newest. */
export interface MetricSeries {
  metric: string;
  unit?: string;
  arm: Arm;
  pattern?: string;
  cluster?: string;
  conditions: Conditions;
  points: SeriesPoint[];
}

/** The figure of one baseline: the median of the arm's valid trials. */
export interface SeriesPoint {
  id: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  value: number;
  /** Of the arm. */
  mesh?: string;
  meshVersion?: string;
  commit?: string;
  /** Of the metric. */
  verdict?: Verdict;
  ratio?: number;
}
