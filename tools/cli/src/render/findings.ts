import type { Finding } from '@meshwright/rollouts';
import type { View } from './style.ts';
import { escapeLines, escapeText, wrap, wrapLine } from '@meshwright/wording';

/** What was found, the nearest cause first, each with its remedy. */
export function renderFindings(findings: readonly Finding[], view: View): string[] {
  return findings.flatMap((finding) => renderFinding(finding, view));
}

function renderFinding({ kind, what, lines, remedy }: Finding, { style, width }: View): string[] {
  const paint = kind === 'blocked' ? style.yellow : style.bold;
  const signs = { blocked: '!', busy: '▸', over: '·' };
  const [first = '', ...rest] = wrap(escapeText(what), width - 2);
  return [
    `${paint(signs[kind])} ${paint(first)}`,
    ...rest.map((line) => `  ${paint(line)}`),
    ...escapeLines(lines)
      .flatMap((line) => wrapLine(line, width - 4))
      .map((line) => `    ${line}`),
    ...(remedy === undefined
      ? []
      : wrap(`remedy: ${escapeText(remedy)}`, width - 4).map((line) => `    ${style.cyan(line)}`)),
  ];
}
