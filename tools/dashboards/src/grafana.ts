/** As much of a dashboard of Grafana (schema version 41, the last before the kinds of version 2) as ours have. */
export interface Dashboard {
  title: string;
  uid: string;
  description: string;
  tags: string[];
  schemaVersion: number;
  version: number;
  editable: boolean;
  graphTooltip: number;
  refresh: string;
  time: { from: string; to: string };
  templating: { list: Variable[] };
  panels: (Panel | Row)[];
}

/** A choice above the panels. */
export interface Variable {
  type: 'datasource' | 'query';
  name: string;
  label: string;
  query: string | { query: string; refId: string };
  datasource?: DataSource;
  refresh?: number;
  sort?: number;
}

interface DataSource {
  type: 'prometheus';
  uid: string;
}

export interface Panel {
  id: number;
  type: 'timeseries' | 'stat';
  title: string;
  description?: string;
  datasource: DataSource;
  gridPos: Place;
  targets: Target[];
  fieldConfig: { defaults: { unit: string; min?: number; custom?: object }; overrides: [] };
  options: object;
}

export interface Row {
  id: number;
  type: 'row';
  title: string;
  collapsed: boolean;
  gridPos: Place;
  panels: [];
}

interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** One query of a panel. */
export interface Target {
  refId: string;
  expr: string;
  legendFormat: string;
  datasource: DataSource;
  instant?: boolean;
  range?: boolean;
}

/** The Prometheus that whoever looks has chosen. */
export const prometheus: DataSource = { type: 'prometheus', uid: '${datasource}' };
