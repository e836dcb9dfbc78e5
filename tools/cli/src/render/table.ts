import { type Cell, joinCells } from './line.ts';
import type { Style } from './style.ts';
import { pad, truncate, widthOf } from '@meshwright/wording';

export interface Column {
  title: string;
  /** The column that gives way when the screen is too narrow; at most one. */
  flexible?: boolean;
}

const gap = '  ';
const narrowest = 8;

/** Rows under their titles, as lines of at most `width` columns. Cells must be escaped already. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  screen: { width: number; style: Style },
): string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index]?.text ?? ''))),
  );
  const total = widths.reduce((sum, width) => sum + width, 0) + gap.length * (columns.length - 1);
  const flexible = columns.findIndex((column) => column.flexible === true);
  if (total > screen.width && flexible !== -1) {
    widths[flexible] = Math.max(narrowest, (widths[flexible] ?? 0) - (total - screen.width));
  }
  const header = columns.map(({ title }) => ({ text: title, paint: screen.style.dim }));
  return [header, ...rows].map((row) => renderRow(row, widths, screen.width));
}

function renderRow(row: readonly Cell[], widths: readonly number[], width: number): string {
  const cells = row.flatMap(({ text, paint }, index): Cell[] => {
    const room = widths[index] ?? 0;
    const cut = truncate(text, room);
    const padding = index === row.length - 1 ? '' : ' '.repeat(room - widthOf(cut)) + gap;
    return [{ text: cut, ...(paint === undefined ? {} : { paint }) }, { text: padding }];
  });
  return joinCells(cells, width);
}

/** Label and value in two columns; values are cut to the screen. */
export function renderPairs(pairs: readonly (readonly [string, string])[], width: number): string[] {
  const labels = Math.max(...pairs.map(([label]) => widthOf(label)), 0);
  return pairs.map(([label, value]) => `${pad(label, labels)}  ${truncate(value, width - labels - 2)}`);
}
