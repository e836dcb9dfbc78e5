import { escapeText } from '@meshwright/wording';
import type { Session } from '../session.ts';

/** A line that says what is waited for. */
export interface Progress {
  show: (line: string) => void;
  clear: () => void;
}

/** One line on standard error that is overwritten; nothing where standard error is no terminal. */
export function createProgress({ host, options, view }: Session): Progress {
  const { stderr } = host;
  let shown = false;
  if (!stderr.isTerminal || options.json) return { show: () => undefined, clear: () => undefined };
  return {
    show(line) {
      const text = escapeText(line);
      stderr.write(`\r\u001b[K${view().style.dim(text.slice(0, stderr.columns() - 1))}`);
      shown = true;
    },
    clear() {
      if (shown) stderr.write('\r\u001b[K');
    },
  };
}
