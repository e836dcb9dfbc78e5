import { MeshwrightError } from '@meshwright/model';
import type { Kysely, SelectQueryBuilder } from 'kysely';
import { cursorAfter, positionOf } from './cursor.ts';
import { plain } from './rows.ts';
import type { MetricRow, Schema } from './schema.ts';
import { isId } from './storable.ts';
import type { BaselinePage, ListQuery } from './store.ts';
import { summaryColumns, summaryOf } from './summary.ts';

const usualLimit = 50;
const mostOnPage = 1_000;

/** A page of baselines, the newest first. */
export async function listBaselines(kysely: Kysely<Schema>, query: ListQuery): Promise<BaselinePage> {
  const limit = limitIn(query.limit ?? usualLimit, mostOnPage);
  if (![query.id ?? 'any', query.idPrefix ?? 'any'].every(isId)) return { baselines: [] };
  const rows = await selectBaselines(kysely, query)
    .select(summaryColumns)
    // One more shows that there is a next page.
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  const metrics = await metricsOf(
    kysely,
    shown.map(({ id }) => id),
  );
  const last = shown.at(-1);
  return {
    baselines: shown.map((row) => summaryOf(row, metrics.get(row.id) ?? [])),
    ...(last === undefined || rows.length === shown.length
      ? {}
      : { next: cursorAfter({ startedAt: last.started_at, id: last.id }) }),
  };
}

/** The baselines of a query in the order of a list; every restriction that is common has an index. */
export function selectBaselines(
  kysely: Kysely<Schema>,
  { id, idPrefix, pattern, cluster, mesh, metric, cursor }: ListQuery,
): SelectQueryBuilder<Schema, 'baseline', object> {
  let select = kysely.selectFrom('baseline').orderBy('started_at', 'desc').orderBy('id', 'desc');
  if (pattern !== undefined) select = select.where('pattern', '=', plain(pattern));
  if (cluster !== undefined) select = select.where('cluster', '=', plain(cluster));
  if (mesh !== undefined) select = select.where('mesh_b', '=', plain(mesh));
  if (id !== undefined) select = select.where('id', '=', id);
  // Every character of an id comes before the tilde.
  if (idPrefix !== undefined) select = select.where('id', '>=', idPrefix).where('id', '<', `${idPrefix}~`);
  if (metric !== undefined) {
    select = select.where((where) =>
      where.exists(
        where
          .selectFrom('baseline_metric')
          .select('baseline_metric.name')
          .whereRef('baseline_metric.baseline_id', '=', 'baseline.id')
          .where('baseline_metric.name', '=', plain(metric)),
      ),
    );
  }
  if (cursor !== undefined) {
    const last = positionOf(cursor);
    select = select.where((where) =>
      where(where.refTuple('started_at', 'id'), '<', where.tuple(last.startedAt, last.id)),
    );
  }
  return select;
}

async function metricsOf(kysely: Kysely<Schema>, ids: readonly string[]): Promise<Map<string, MetricRow[]>> {
  const byBaseline = new Map<string, MetricRow[]>();
  if (ids.length === 0) return byBaseline;
  const rows = await kysely
    .selectFrom('baseline_metric')
    .selectAll()
    .where('baseline_id', 'in', ids)
    .orderBy('place')
    .execute();
  for (const row of rows) byBaseline.set(row.baseline_id, [...(byBaseline.get(row.baseline_id) ?? []), row]);
  return byBaseline;
}

/**
 * A number of rows that may be asked for.
 * @throws MeshwrightError INVALID_INPUT
 */
export function limitIn(limit: number, most: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
  throw new MeshwrightError('INVALID_INPUT', `From 1 to ${most} can be asked for at once, not ${limit}.`);
}
