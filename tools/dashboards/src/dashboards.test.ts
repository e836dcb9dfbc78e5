import { readdir, readFile } from 'node:fs/promises';
import { fillQuery, type SignalQuery } from '@meshwright/plugin-sdk';
import { promqlErrors } from '@meshwright/plugin-testkit';
import { createMetrics } from '@meshwright/telemetry/metrics';
import { describe, expect, it } from 'vitest';
import { allDashboards, askedMeshes, dashboardsFolder, textOf } from './dashboards.ts';
import type { Dashboard } from './grafana.ts';

const dashboards = Object.entries(allDashboards());

describe('docs/dashboards', () => {
  it.each(dashboards)('%s is up to date (npm run generate -w tools/dashboards)', async (name, dashboard) => {
    expect(await readFile(new URL(name, dashboardsFolder), 'utf8')).toBe(textOf(dashboard));
  });

  it('holds nothing else', async () => {
    expect((await readdir(dashboardsFolder)).toSorted()).toEqual(dashboards.map(([name]) => name).toSorted());
  });
});

describe('every golden-signal query', () => {
  it.each(askedMeshes())('of $id in mode $mode is PromQL', ({ signals }) => {
    const about = { namespace: 'shop', workload: 'cart.v1', windowSeconds: 300 };
    const queries = Object.entries(signals.queries);
    expect(queries.length).toBeGreaterThanOrEqual(9);
    for (const [name, query] of queries as [string, SignalQuery][]) {
      const filled = fillQuery(query, about);
      expect(filled, name).not.toContain('{{');
      expect(promqlErrors(filled), `${name}: ${filled}`).toEqual([]);
    }
    expect(promqlErrors(signals.subjects.series)).toEqual([]);
  });
});

describe.each(dashboards)('the queries of %s', (_, dashboard) => {
  it('are PromQL, with values in place of Grafana’s variables', () => {
    const queries = queriesOf(dashboard);
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) expect(promqlErrors(withValues(query)), query).toEqual([]);
  });

  it('name no variable that is not chosen above them', () => {
    const chosen = dashboard.templating.list.map(({ name }) => name);
    for (const query of queriesOf(dashboard)) {
      for (const [, name] of query.matchAll(/\$(?!__)(\w+)/g)) expect(chosen).toContain(name);
    }
  });
});

it('the dashboard of Meshwright asks for nothing that its endpoint does not serve', async () => {
  const text = await createMetrics({ version: '1', process: true }).text();
  const served = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
  const asked = queriesOf(allDashboards()['meshwright.json']!).flatMap((query) =>
    [...query.matchAll(/\b(?:meshwright|process|nodejs)_\w+/g)].map(([name]) =>
      name.replace(/_(?:bucket|count)$/, ''),
    ),
  );
  expect(asked.length).toBeGreaterThan(20);
  for (const name of asked) expect(served).toContain(name);
});

function queriesOf({ panels }: Dashboard): string[] {
  return panels.flatMap((panel) => (panel.type === 'row' ? [] : panel.targets.map(({ expr }) => expr)));
}

function withValues(query: string): string {
  return query
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__range', '6h')
    .replaceAll(/\$\w+/g, 'value');
}
