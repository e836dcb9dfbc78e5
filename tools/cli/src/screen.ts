import type { Output } from './host.ts';
import { widthOf } from '@meshwright/wording';

/** Lines at the end of a terminal that are drawn again and again in place. */
export interface Screen {
  /** Replaces what was drawn before. Lines that do not fit the height are left out from the end, and that is said. */
  draw(lines: readonly string[]): void;
  /** Leaves what was drawn, and gives the cursor back. */
  close(): void;
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clearBelow = '\u001b[0J';

/** A screen on a terminal. A line that is wider than it takes several of its rows. */
export function openScreen(output: Output): Screen {
  let drawn = 0;
  output.write(hideCursor);
  return {
    draw(lines) {
      const rowsOf = (line: string): number => Math.max(1, Math.ceil(widthOf(line) / output.columns()));
      const shown = fit(lines, Math.max(2, output.rows() - 1), rowsOf);
      const up = drawn === 0 ? '\r' : `\u001b[${drawn}F`;
      output.write(`${up}${clearBelow}${shown.map((line) => `${line}\n`).join('')}`);
      drawn = shown.reduce((sum, line) => sum + rowsOf(line), 0);
    },
    close() {
      output.write(showCursor);
    },
  };
}

/** The lines that fit, with the last row left for saying how many do not. */
function fit(lines: readonly string[], height: number, rowsOf: (line: string) => number): string[] {
  const shown: string[] = [];
  let used = 0;
  for (const [index, line] of lines.entries()) {
    used += rowsOf(line);
    const spare = index === lines.length - 1 ? 0 : 1;
    if (used + spare > height) return [...shown, `… ${lines.length - index} more lines`];
    shown.push(line);
  }
  return shown;
}
