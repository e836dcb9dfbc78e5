import type { View } from './style.ts';
import type { Cell } from './line.ts';
import { renderTable } from './table.ts';
import { escapeText, wrap } from '@meshwright/wording';

/** A configured cluster and what was found of it. */
export interface TargetRow {
  name: string;
  /** How it is reached: a context, or from inside. */
  access: string;
  /** `in-cluster` is reached by its own agent alone. */
  state: 'reachable' | 'unreachable' | 'in-cluster';
  address?: string;
  version?: string;
  problem?: string;
  remedy?: string;
}

const columns = [
  { title: 'TARGET' },
  { title: 'STATE' },
  { title: 'VERSION' },
  { title: 'ACCESS' },
  { title: 'ADDRESS', flexible: true },
];

/** Targets as a table, with what is wrong below it. */
export function renderTargets(rows: readonly TargetRow[], view: View): string[] {
  const { style } = view;
  const paints = { reachable: style.green, unreachable: style.red, 'in-cluster': style.dim };
  const table = renderTable(
    columns,
    rows.map(({ name, state, version, access, address }): Cell[] => [
      { text: escapeText(name) },
      { text: state, paint: paints[state] },
      { text: escapeText(version ?? '-') },
      { text: escapeText(access) },
      { text: escapeText(address ?? '-') },
    ]),
    view,
  );
  const problems = rows.flatMap(({ name, problem, remedy }) => [
    ...(problem === undefined ? [] : wrap(escapeText(`${name}: ${problem}`), view.width).map(style.red)),
    ...(remedy === undefined
      ? []
      : wrap(escapeText(`remedy: ${remedy}`), view.width - 2).map((line) => `  ${style.cyan(line)}`)),
  ]);
  return problems.length === 0 ? table : [...table, '', ...problems];
}
