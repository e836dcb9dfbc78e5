import { truncate, widthOf } from '@meshwright/wording';

/** One cell: its plain text, and how to paint it. */
export interface Cell {
  text: string;
  paint?: (text: string) => string;
}

/** Cells one after another as one line, cut to `width` columns. The texts must be escaped already. */
export function joinCells(cells: readonly Cell[], width: number): string {
  let rest = width;
  let line = '';
  for (const { text, paint } of cells) {
    const cut = truncate(text, rest);
    rest -= widthOf(cut);
    line += paint === undefined ? cut : paint(cut);
    if (cut !== text) break;
  }
  return line;
}
