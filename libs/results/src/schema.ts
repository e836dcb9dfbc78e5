/** The tables, as queries see them. The migrations make them. */
export interface Schema {
  baseline: BaselineRow;
  baseline_metric: MetricRow;
  baseline_trial: TrialRow;
  baseline_cost: CostRow;
  results_migration: MigrationRow;
}

/** A baseline. Times are in milliseconds since 1970. */
export interface BaselineRow {
  id: string;
  /** Of all that was saved under the id. */
  digest: string;
  /** The record as JSON, but for its blocks. */
  document: string;
  name: string;
  repository: string | null;
  pattern: string | null;
  cluster: string | null;
  workflow_id: string | null;
  workflow_run_id: string | null;
  mesh_a: string | null;
  mesh_version_a: string | null;
  mesh_revision_a: string | null;
  configuration_a: string | null;
  commit_a: string | null;
  mesh_b: string | null;
  mesh_version_b: string | null;
  mesh_revision_b: string | null;
  configuration_b: string | null;
  commit_b: string | null;
  agent: string;
  generator: string;
  generator_version: string | null;
  contrast: string;
  endpoint_a: string;
  endpoint_b: string;
  /** A digest of what figures of the arm must share to be comparable: agent, probe, generator, load, endpoint. */
  conditions_a: string;
  conditions_b: string;
  rate: number;
  connections: number;
  seconds: number;
  blocks: number;
  started_at: number;
  ended_at: number;
  verdict: string | null;
  reason: string | null;
}

/** A metric of a baseline, as it was judged. */
export interface MetricRow {
  baseline_id: string;
  name: string;
  /** Its place among the baseline's metrics. */
  place: number;
  unit: string | null;
  verdict: string | null;
  reason: string | null;
  blocks: number | null;
  ratio: number | null;
  ratio_low: number | null;
  ratio_high: number | null;
  effect: number | null;
  sd: number | null;
  detectable: number | null;
  p_value: number | null;
  permutation_p_value: number | null;
  /** The medians of the valid trials. */
  figure_a: number | null;
  figure_b: number | null;
}

/** One trial of a baseline. */
export interface TrialRow {
  baseline_id: string;
  /** From 0. */
  block: number;
  /** `a` or `b`, and `controlA` or `controlB` for what the control saw meanwhile. */
  arm: string;
  /** 1 for the trial of its block that ran first, 2 for the other. */
  run_order: number;
  /** The trial as JSON, but for its latencies. */
  document: string;
  valid: number;
  started_at: number;
  requests: number;
  errors: number;
  achieved_rate: number;
  /** JSON: figures by the names of metrics. */
  measured: string;
  /** All latencies in microseconds, as HdrHistogram's tools exchange them. */
  latency: string;
}

/** What an arm used. */
export interface CostRow {
  baseline_id: string;
  arm: string;
  name: string;
  unit: string;
  value: number;
}

export interface MigrationRow {
  number: number;
  applied_at: number;
}
