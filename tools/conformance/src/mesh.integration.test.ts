import { ensurePart } from '@meshwright/testbed';
import { describe, expect, it } from 'vitest';
import { readReport } from './mesh/report.ts';
import { runOffline } from './mesh/run.ts';
import { chartsOf, type MeshEntry, meshes } from './mesh/subjects.ts';

/**
 * What of the suite every run of the tests repeats; `npm run conformance` leads the lives too, and the reports are compared
 * with the sources. Charts that do not come with a Go module are on few machines.
 */
const withCharts = meshes.filter(({ charts }) => charts !== undefined);
const none = (): void => undefined;

async function placeOf(entry: MeshEntry): Promise<{ helm: string; charts: string }> {
  const charts = await chartsOf(entry, undefined);
  if (charts === undefined) throw new Error(`${entry.subject.plugin.id} has no charts.`);
  return { helm: await ensurePart('helm'), charts };
}

describe.each(withCharts.map((entry) => ({ entry, name: entry.subject.plugin.displayName })))(
  '$name',
  ({ entry }) => {
    it('passes offline what its report says', { timeout: 300_000 }, async () => {
      const results = await runOffline(entry, await placeOf(entry), none);
      expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
      const report = await readReport(entry);
      expect(report?.cases.filter(({ level }) => level === 'offline')).toEqual(results);
    });
  },
);
