import { type Dashboard, type Panel, prometheus, type Row, type Target, type Variable } from './grafana.ts';

/** What a panel shows; its place comes from its order. */
export interface Shown {
  title: string;
  description?: string;
  /** As Grafana names units: `s`, `reqps`, `percentunit`, `bytes`, `short`. */
  unit: string;
  /** A single number instead of a curve. */
  single?: true;
  /** PromQL, by legend; a legend may name labels as `{{label}}`. */
  queries: Readonly<Record<string, string>>;
}

/** Panels below one heading. */
export interface Section {
  title: string;
  panels: readonly Shown[];
}

const gridWidth = 24;
const sizes = { single: { w: 6, h: 5 }, curve: { w: 12, h: 8 } };

/** A dashboard with its sections one below the other, each filled from left to right. */
export function layOut(
  about: Pick<Dashboard, 'title' | 'uid' | 'description' | 'tags'>,
  variables: readonly Variable[],
  sections: readonly Section[],
): Dashboard {
  return {
    ...about,
    schemaVersion: 41,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [chooseDataSource, ...variables] },
    panels: place(sections),
  };
}

const chooseDataSource: Variable = {
  type: 'datasource',
  name: 'datasource',
  label: 'Prometheus',
  query: 'prometheus',
};

/** A choice of the values that a label has. */
export function chooseLabel(name: string, label: string, query: string): Variable {
  return {
    type: 'query',
    name,
    label,
    datasource: prometheus,
    query: { query, refId: 'choices' },
    // When the time range changes, in the order of the alphabet.
    refresh: 2,
    sort: 1,
  };
}

function place(sections: readonly Section[]): (Panel | Row)[] {
  const placed: (Panel | Row)[] = [];
  let y = 0;
  for (const { title, panels } of sections) {
    const gridPos = { x: 0, y, w: gridWidth, h: 1 };
    placed.push({ id: placed.length + 1, type: 'row', title, collapsed: false, gridPos, panels: [] });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const shown of panels) {
      const { w, h } = shown.single === true ? sizes.single : sizes.curve;
      if (x + w > gridWidth) {
        x = 0;
        y += lineHeight;
        lineHeight = 0;
      }
      placed.push(panelOf(shown, placed.length + 1, { x, y, w, h }));
      x += w;
      lineHeight = Math.max(lineHeight, h);
    }
    y += lineHeight;
  }
  return placed;
}

function panelOf(shown: Shown, id: number, gridPos: Panel['gridPos']): Panel {
  const { title, description, unit, single } = shown;
  return {
    id,
    type: single === true ? 'stat' : 'timeseries',
    title,
    ...(description === undefined ? {} : { description }),
    datasource: prometheus,
    gridPos,
    targets: targetsOf(shown),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(single === true ? {} : { custom: { lineWidth: 1, fillOpacity: 10, showPoints: 'never' } }),
      },
      overrides: [],
    },
    options: single === true ? singleOptions : curveOptions,
  };
}

const singleOptions = {
  colorMode: 'value',
  graphMode: 'none',
  justifyMode: 'auto',
  orientation: 'auto',
  percentChangeColorMode: 'standard',
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
  showPercentChange: false,
  textMode: 'auto',
  wideLayout: true,
};

const curveOptions = {
  legend: { calcs: ['lastNotNull', 'max'], displayMode: 'table', placement: 'bottom', showLegend: true },
  tooltip: { hideZeros: false, mode: 'multi', sort: 'desc' },
};

function targetsOf({ queries, single }: Shown): Target[] {
  return Object.entries(queries).map(([legendFormat, expr], place) => ({
    refId: String.fromCharCode('A'.charCodeAt(0) + place),
    expr,
    legendFormat,
    datasource: prometheus,
    ...(single === true ? { instant: true, range: false } : { instant: false, range: true }),
  }));
}
