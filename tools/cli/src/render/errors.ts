import { type Diagnostic, formatDiagnostic, isMeshwrightError, messageOf } from '@meshwright/model';
import type { Style } from './style.ts';
import { escapeLines, escapeText } from '@meshwright/wording';

/** An error as it is printed: what happened, where, the lines that belong to it, and what to do. */
export function renderError(error: unknown, style: Style): string[] {
  const lines = [`${style.red('error:')} ${escapeText(messageOf(error))}`];
  if (!isMeshwrightError(error)) return lines;
  const { where, lines: more = [], remedy } = error.details;
  if (where !== undefined) lines.push(`  where: ${escapeText(where)}`);
  lines.push(...escapeLines(more).map((line) => `  ${line}`));
  if (remedy !== undefined) lines.push(`${style.cyan('remedy:')} ${escapeText(remedy)}`);
  return lines;
}

/** The error as data, for `--json`. */
export function errorToJson(error: unknown): { error: { code: string; message: string } } {
  const message = messageOf(error);
  if (!isMeshwrightError(error)) return { error: { code: 'INTERNAL', message } };
  return { error: { code: error.code, message, ...error.details } };
}

/** A diagnostic as a compiler prints it, with everything foreign in it escaped. */
export function renderDiagnostic(diagnostic: Diagnostic, style: Style): string[] {
  const { severity } = diagnostic;
  const text = formatDiagnostic({
    ...diagnostic,
    file: escapeText(diagnostic.file),
    message: escapeText(diagnostic.message),
    ...(diagnostic.source === undefined ? {} : { source: escapeText(diagnostic.source) }),
    ...(diagnostic.suggestion === undefined ? {} : { suggestion: escapeText(diagnostic.suggestion) }),
  });
  const paint = severity === 'error' ? style.red : style.yellow;
  const [first = '', ...rest] = text.split('\n');
  return [first.replace(`: ${severity}: `, () => `: ${paint(`${severity}:`)} `), ...rest];
}
