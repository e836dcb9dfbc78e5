import { describe, expect, it } from 'vitest';
import { allDashboards } from './dashboards.ts';
import type { Panel } from './grafana.ts';
import { problemsOf } from './test-support/published-schema.ts';

const dashboards = Object.entries(allDashboards());

describe.each(dashboards)('%s', (_, dashboard) => {
  const panels = dashboard.panels.filter((panel): panel is Panel => panel.type !== 'row');

  it('is a dashboard, by the types that Grafana publishes', () => {
    expect(problemsOf('dashboard', dashboard)).toEqual([]);
  });

  it('has panels and rows that are such by themselves', () => {
    for (const panel of dashboard.panels) {
      expect(problemsOf(panel.type === 'row' ? 'row' : 'panel', panel), panel.title).toEqual([]);
    }
  });

  it('gives each panel the options that its plugin has', () => {
    for (const { type, title, options, fieldConfig } of panels) {
      expect(problemsOf(type === 'stat' ? 'statOptions' : 'timeseriesOptions', options), title).toEqual([]);
      const { custom } = fieldConfig.defaults;
      if (type === 'timeseries') expect(problemsOf('timeseriesField', custom), title).toEqual([]);
      else expect(custom, title).toBeUndefined();
    }
  });

  it('has panels with ids of their own that do not lie over one another', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const taken = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (const cell of cellsOf(gridPos)) {
        expect(taken, title).not.toContain(cell);
        taken.add(cell);
      }
    }
  });
});

function cellsOf({ x, y, w, h }: Panel['gridPos']): string[] {
  return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
}

describe('the check', () => {
  const [, dashboard] = dashboards[0]!;

  it('refuses a field that Grafana does not have, and a value that it does not know', () => {
    expect(problemsOf('dashboard', { ...dashboard, titel: 'x' }).join()).toContain('titel');
    expect(problemsOf('dashboard', { ...dashboard, graphTooltip: 7 })).not.toEqual([]);
    expect(problemsOf('panel', { title: 'no type' }).join()).toContain('type');
    expect(problemsOf('timeseriesField', { showPoints: 'sometimes' })).not.toEqual([]);
    expect(problemsOf('statOptions', { colorMode: 'rainbow' })).not.toEqual([]);
  });
});

it('no two dashboards have one uid', () => {
  const uids = dashboards.map(([, { uid }]) => uid);
  expect(new Set(uids).size).toBe(uids.length);
  for (const uid of uids) expect(uid).toMatch(/^[a-z0-9-]{1,40}$/);
});
