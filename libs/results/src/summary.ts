import type { Arm, BaselineContext, Contrast, Digest, MeasuredArm, Verdict } from '@meshwright/model';
import type { BaselineRow, MetricRow } from './schema.ts';
import type { BaselineSummary, Conditions, MetricSummary } from './store.ts';

/** All columns of a summary: everything but the documents. */
export const summaryColumns = [
  'id',
  'name',
  'repository',
  'pattern',
  'cluster',
  'workflow_id',
  'workflow_run_id',
  'mesh_a',
  'mesh_version_a',
  'mesh_revision_a',
  'configuration_a',
  'commit_a',
  'mesh_b',
  'mesh_version_b',
  'mesh_revision_b',
  'configuration_b',
  'commit_b',
  'agent',
  'generator',
  'contrast',
  'endpoint_a',
  'endpoint_b',
  'conditions_a',
  'conditions_b',
  'rate',
  'connections',
  'seconds',
  'blocks',
  'started_at',
  'ended_at',
  'verdict',
  'reason',
] as const satisfies (keyof BaselineRow)[];

type SummaryRow = Pick<BaselineRow, (typeof summaryColumns)[number]>;

/** A summary from the rows of a baseline and of its metrics. */
export function summaryOf(row: SummaryRow, metrics: readonly MetricRow[]): BaselineSummary {
  const { id, name, contrast, started_at: startedAt, ended_at: endedAt, blocks, verdict, reason } = row;
  return {
    id,
    name,
    context: contextOf(row),
    contrast: contrast as Contrast,
    conditions: { a: conditionsOf(row, 'a'), b: conditionsOf(row, 'b') },
    startedAt,
    endedAt,
    blocks,
    ...present({ verdict: verdict as Verdict | null, reason }),
    metrics: metrics.map(metricOf),
  };
}

function contextOf(row: SummaryRow): BaselineContext {
  const { repository, pattern, cluster, workflow_id: id, workflow_run_id: runId } = row;
  return {
    ...present({ repository, pattern, cluster }),
    ...(id === null || runId === null ? {} : { workflow: { id, runId } }),
    arms: { a: armOf(row, 'a'), b: armOf(row, 'b') },
  };
}

function armOf(row: SummaryRow, arm: Arm): MeasuredArm {
  const type = row[`mesh_${arm}`];
  const mesh = { version: row[`mesh_version_${arm}`], revision: row[`mesh_revision_${arm}`] };
  return {
    ...(type === null ? {} : { mesh: { type, ...present(mesh) } }),
    ...present({ configuration: row[`configuration_${arm}`] as Digest | null, commit: row[`commit_${arm}`] }),
  };
}

type ConditionsRow = Pick<
  BaselineRow,
  'agent' | 'generator' | 'rate' | 'connections' | 'seconds' | `${'endpoint' | 'conditions'}_${Arm}`
>;

/** What figures of an arm share with those that are comparable. */
export function conditionsOf(row: ConditionsRow, arm: Arm): Conditions {
  const { agent, generator, rate, connections, seconds } = row;
  return {
    digest: row[`conditions_${arm}`],
    agent,
    generator,
    endpoint: row[`endpoint_${arm}`],
    rate,
    connections,
    seconds,
  };
}

function metricOf(row: MetricRow): MetricSummary {
  const { name, unit, verdict, ratio, ratio_low: low, ratio_high: high, figure_a: a, figure_b: b } = row;
  return {
    name,
    ...present({ unit, verdict: verdict as Verdict | null, ratio }),
    ...(low === null || high === null ? {} : { interval: [low, high] }),
    figures: present({ a, b }),
  };
}

/** The fields that are there. */
export function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const there = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(there) as { [K in keyof T]?: NonNullable<T[K]> };
}
