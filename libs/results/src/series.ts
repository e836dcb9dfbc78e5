import type { Arm, Verdict } from '@meshwright/model';
import type { Kysely, SelectQueryBuilder } from 'kysely';
import { limitIn, selectBaselines } from './listing.ts';
import { plain } from './rows.ts';
import type { BaselineRow, MetricRow, Schema } from './schema.ts';
import type { MetricSeries, SeriesPoint, SeriesQuery } from './store.ts';
import { conditionsOf, present } from './summary.ts';

const usualLimit = 1_000;
const mostFigures = 10_000;

/** The figures of a metric, in one series for all that are comparable; the series with the newest figure first. */
export async function readSeries(kysely: Kysely<Schema>, query: SeriesQuery): Promise<MetricSeries[]> {
  const { metric, arm = 'b' } = query;
  const rows = await selectFigures(kysely, query).execute();
  const series = new Map<string, MetricSeries>();
  for (const row of rows.toReversed()) {
    const { pattern, cluster, unit } = row;
    const conditions = conditionsOf(row, arm);
    const key = JSON.stringify([conditions.digest, pattern, cluster, unit]);
    const known = series.get(key) ?? {
      metric,
      arm,
      ...present({ pattern, cluster, unit }),
      conditions,
      points: [],
    };
    known.points.push(pointOf(row, arm));
    series.set(key, known);
  }
  const newest = ({ points }: MetricSeries): number => points.at(-1)?.startedAt ?? 0;
  return [...series.values()].sort((left, right) => newest(right) - newest(left));
}

const baselineColumns = [
  'id',
  'started_at',
  'pattern',
  'cluster',
  'agent',
  'generator',
  'rate',
  'connections',
  'seconds',
  'endpoint_a',
  'endpoint_b',
  'conditions_a',
  'conditions_b',
  'mesh_a',
  'mesh_b',
  'mesh_version_a',
  'mesh_version_b',
  'commit_a',
  'commit_b',
] as const satisfies (keyof BaselineRow)[];
const metricColumns = [
  'unit',
  'ratio',
  'verdict',
  'figure_a',
  'figure_b',
] as const satisfies (keyof MetricRow)[];

type FigureRow = Pick<BaselineRow, (typeof baselineColumns)[number]> &
  Pick<MetricRow, (typeof metricColumns)[number]>;

/** The figures of a query, the newest first. */
export function selectFigures(
  kysely: Kysely<Schema>,
  query: SeriesQuery,
): SelectQueryBuilder<Schema, 'baseline' | 'baseline_metric', FigureRow> {
  const { metric, arm = 'b', pattern, cluster, mesh, endpoint, limit = usualLimit } = query;
  const select = selectBaselines(kysely, present({ pattern, cluster, mesh }))
    .innerJoin('baseline_metric', 'baseline_metric.baseline_id', 'baseline.id')
    .select(baselineColumns.map((name) => `baseline.${name}` as const))
    .select(metricColumns.map((name) => `baseline_metric.${name}` as const))
    .where('baseline_metric.name', '=', plain(metric))
    .where(`baseline_metric.figure_${arm}`, 'is not', null)
    .limit(limitIn(limit, mostFigures));
  return endpoint === undefined ? select : select.where(`baseline.endpoint_${arm}`, '=', plain(endpoint));
}

function pointOf(row: FigureRow, arm: Arm): SeriesPoint {
  const { id, started_at: startedAt, verdict, ratio } = row;
  return {
    id,
    startedAt,
    value: row[`figure_${arm}`] ?? Number.NaN,
    ...present({
      mesh: row[`mesh_${arm}`],
      meshVersion: row[`mesh_version_${arm}`],
      commit: row[`commit_${arm}`],
      verdict: verdict as Verdict | null,
      ratio,
    }),
  };
}
