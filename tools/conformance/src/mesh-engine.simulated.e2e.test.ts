import { describe, expect, it } from 'vitest';
import { readReport } from './mesh/report.ts';
import { runStory } from './mesh/run.ts';
import { chartsOf, meshes } from './mesh/subjects.ts';

/** What of the suite the whole engine leads, for the meshes whose charts every machine can have: each in a scene of its own. */
const withCharts = meshes.filter(({ charts }) => charts !== undefined);

describe('the same story', () => {
  it.concurrent.each(withCharts.map((entry) => ({ entry, name: entry.subject.plugin.displayName })))(
    'is told of $name as its report says',
    async ({ entry }) => {
      const charts = await chartsOf(entry, undefined);
      if (charts === undefined) throw new Error(`${entry.subject.plugin.id} has no charts.`);
      const { signal } = new AbortController();
      const results = await runStory(entry, { charts, signal }, () => undefined);
      expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
      const report = await readReport(entry);
      expect(report?.cases.filter(({ level }) => level === 'engine')).toEqual(results);
    },
  );
});
