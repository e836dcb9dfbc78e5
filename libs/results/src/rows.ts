import { digestOfJson } from '@meshwright/evidence';
import type {
  Arm,
  BaselineBlock,
  BaselineRecord,
  JudgedMetric,
  MeasuredArm,
  Metric,
  TrialRecord,
} from '@meshwright/model';
import { failedOf, median } from '@meshwright/statistics';
import type { BaselineRow, CostRow, MetricRow, TrialRow } from './schema.ts';
import { sides } from './storable.ts';

/** A baseline as rows of all its tables. */
export interface RecordRows {
  baseline: BaselineRow;
  metrics: MetricRow[];
  trials: TrialRow[];
  costs: CostRow[];
}

/** The rows of a record that is storable. */
export function rowsOf(record: BaselineRecord): RecordRows {
  const { id, status, costs = [] } = record;
  return {
    baseline: baselineRow(record),
    metrics: metricsOf(record).map((metric, place) => metricRow(record, metric, place)),
    trials: status.blocks.flatMap((block, place) => trialRows(id, block, place)),
    costs: costs.map(({ arm, name, unit, value }) => ({
      baseline_id: id,
      arm,
      name: plain(name),
      unit: plain(unit),
      value,
    })),
  };
}

function baselineRow(record: BaselineRecord): BaselineRow {
  const { id, context, input, status, startedAt, endedAt } = record;
  const { agent, generator, contrast, load, paths } = input;
  const { blocks, judgement, ...rest } = status;
  const whole = {
    ...record,
    status: { ...rest, blocks: [], ...(judgement === undefined ? {} : { judgement }) },
  };
  return {
    id,
    digest: digestOfJson(record),
    document: JSON.stringify(whole),
    name: plain(input.name),
    repository: orNull(context.repository),
    pattern: orNull(context.pattern),
    cluster: orNull(context.cluster),
    workflow_id: orNull(context.workflow?.id),
    workflow_run_id: orNull(context.workflow?.runId),
    ...armColumns(context.arms?.a, context.arms?.b),
    agent: plain(agent),
    generator: plain(generator),
    generator_version: orNull(blocks[0]?.a.generator.version),
    contrast,
    endpoint_a: plain(paths.a.endpoint.address),
    endpoint_b: plain(paths.b.endpoint.address),
    conditions_a: digestOfJson({ agent, ...paths.a, generator, load }),
    conditions_b: digestOfJson({ agent, ...paths.b, generator, load }),
    rate: load.rate,
    connections: Math.round(load.connections),
    seconds: load.seconds,
    blocks: blocks.length,
    started_at: Math.round(startedAt),
    ended_at: Math.round(endedAt),
    verdict: judgement?.verdict ?? null,
    reason: orNull(judgement?.reason),
  };
}

type ArmColumns = Pick<
  BaselineRow,
  `${'mesh' | 'mesh_version' | 'mesh_revision' | 'configuration' | 'commit'}_${Arm}`
>;

function armColumns(a: MeasuredArm = {}, b: MeasuredArm = {}): ArmColumns {
  return {
    mesh_a: orNull(a.mesh?.type),
    mesh_version_a: orNull(a.mesh?.version),
    mesh_revision_a: orNull(a.mesh?.revision),
    configuration_a: orNull(a.configuration),
    commit_a: orNull(a.commit),
    mesh_b: orNull(b.mesh?.type),
    mesh_version_b: orNull(b.mesh?.version),
    mesh_revision_b: orNull(b.mesh?.revision),
    configuration_b: orNull(b.configuration),
    commit_b: orNull(b.commit),
  };
}

/** The metrics that were asked for, and others that were judged all the same. */
function metricsOf({ input, status }: BaselineRecord): Metric[] {
  const others = new Set(status.judgement?.metrics.map(({ name }) => name));
  for (const { name } of input.metrics) others.delete(name);
  return [...input.metrics, ...[...others].map((name) => ({ name }))];
}

function metricRow({ id, status }: BaselineRecord, metric: Metric, place: number): MetricRow {
  const { name, unit } = metric;
  const judged: Partial<JudgedMetric> = status.judgement?.metrics.find((each) => each.name === name) ?? {};
  return {
    baseline_id: id,
    name: plain(name),
    place,
    unit: orNull(unit),
    verdict: judged.verdict ?? null,
    reason: orNull(judged.reason),
    blocks: judged.blocks ?? null,
    ratio: judged.ratio ?? null,
    ratio_low: judged.interval?.[0] ?? null,
    ratio_high: judged.interval?.[1] ?? null,
    effect: judged.effect ?? null,
    sd: judged.sd ?? null,
    detectable: judged.detectable ?? null,
    p_value: judged.pValue ?? null,
    permutation_p_value: judged.permutationPValue ?? null,
    figure_a: figureOf(status.blocks, 'a', name),
    figure_b: figureOf(status.blocks, 'b', name),
  };
}

/** The median of an arm's valid trials; null where none has the figure. */
function figureOf(blocks: readonly BaselineBlock[], arm: Arm, metric: string): number | null {
  const figures = blocks
    .map((block) => block[arm])
    .filter(({ invalid }) => invalid.length === 0)
    .flatMap(({ measured }) => (Object.hasOwn(measured, metric) ? [measured[metric] ?? Number.NaN] : []))
    .filter(Number.isFinite);
  return figures.length === 0 ? null : median(figures);
}

function trialRows(id: string, block: BaselineBlock, place: number): TrialRow[] {
  return sides.flatMap((arm) => {
    const trial = block[arm];
    return trial === undefined
      ? []
      : [{ baseline_id: id, block: place, arm, ...trialColumns(block, arm, trial) }];
  });
}

function trialColumns(
  { order }: BaselineBlock,
  arm: (typeof sides)[number],
  { latency, ...rest }: TrialRecord,
): Omit<TrialRow, 'baseline_id' | 'block' | 'arm'> {
  const first = order[0] === 'a' ? ['a', 'controlA'] : ['b', 'controlB'];
  return {
    run_order: first.includes(arm) ? 1 : 2,
    document: JSON.stringify(rest),
    valid: rest.invalid.length === 0 ? 1 : 0,
    started_at: Math.round(rest.startedAt),
    requests: Math.round(rest.requests),
    errors: Math.round(failedOf(rest)),
    achieved_rate: rest.achievedRate,
    measured: JSON.stringify(rest.measured),
    latency,
  };
}

/** Text that every database takes: PostgreSQL has neither NUL nor half a character. JSON escapes both, this replaces them. */
export function plain(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

function orNull(text: string | undefined): string | null {
  return text === undefined ? null : plain(text);
}
