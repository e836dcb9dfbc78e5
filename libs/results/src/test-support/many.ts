import { MetricName } from '@meshwright/model';
import type { Backend } from '../backend.ts';
import { rowsOf } from '../rows.ts';
import { sampleRecord } from './records.ts';

/** Baselines of a hundred patterns on fifty clusters with all metrics there are, without trials. */
export async function fill({ kysely }: Backend, count: number): Promise<void> {
  const batch = 250;
  for (let from = 0; from < count; from += batch) {
    const rows = Array.from({ length: batch }, (_, place) => {
      const number = from + place;
      return rowsOf(
        sampleRecord({
          id: `run-${number}`,
          startedAt: number * 1_000,
          pattern: `pattern-${number % 100}`,
          cluster: `cluster-${number % 50}`,
          mesh: `mesh-${number % 20}`,
          blocks: 0,
        }),
      );
    });
    const metrics = rows.flatMap(({ metrics: [first] }) =>
      Object.values(MetricName).map((name, place) => ({ ...first!, name, place, figure_b: 12 })),
    );
    await kysely.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('baseline')
        .values(rows.map(({ baseline }) => baseline))
        .execute();
      await transaction.insertInto('baseline_metric').values(metrics).execute();
    });
  }
}
