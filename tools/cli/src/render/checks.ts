import type { CheckResult } from '../doctor/run.ts';
import type { View } from './style.ts';
import { escapeLines, escapeText, pad, plural, widthOf, wrap, wrapLine } from '@meshwright/wording';

/** What was checked, one line each, with what is wrong and the remedy below those that failed. */
export function renderChecks(results: readonly CheckResult[], view: View): string[] {
  const names = Math.max(0, ...results.map(({ name }) => widthOf(escapeText(name))));
  const lines = results.flatMap((result) => renderCheck(result, names, view));
  const failed = results.filter(({ state }) => state === 'failed').length;
  const summary =
    failed === 0 ? 'Everything works.' : `${plural(failed, 'check')} of ${results.length} failed.`;
  return [...lines, '', view.style.bold(summary)];
}

function renderCheck(result: CheckResult, names: number, { style, width }: View): string[] {
  const { name, state, message, details } = result;
  const paint = { ok: style.green, failed: style.red, skipped: style.dim }[state];
  const left = `${paint(pad(state, 7))}  ${pad(escapeText(name), names)}  `;
  const indent = ' '.repeat(names + 11);
  const room = Math.max(30, width - indent.length);
  const [first = '', ...rest] = wrap(escapeText(message), room);
  const more = [
    ...rest,
    ...escapeLines(details.lines ?? []).flatMap((line) => wrapLine(`- ${line}`, room)),
    ...(details.remedy === undefined
      ? []
      : wrap(`remedy: ${escapeText(details.remedy)}`, room).map((line) => style.cyan(line))),
  ];
  return [left + first, ...more.map((line) => indent + line)];
}
