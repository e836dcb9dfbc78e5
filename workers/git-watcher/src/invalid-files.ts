import { createHash } from 'node:crypto';
import type { Diagnostic } from '@meshwright/model';

/** Diagnostics that a workflow carries for one file; people see the rest after they have mended these. */
const mostDiagnostics = 20;
const longestText = 400;
const longestSource = 160;
const longestName = 100;

/** The first diagnostics, errors before warnings, with long texts shortened. */
export function boundDiagnostics(diagnostics: readonly Diagnostic[], most = mostDiagnostics): Diagnostic[] {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const others = diagnostics.filter(({ severity }) => severity !== 'error');
  const kept = [...errors, ...others].slice(0, most).map(shortenDiagnostic);
  const left = diagnostics.length - kept.length;
  const last = kept.at(-1);
  if (left > 0 && last !== undefined) {
    kept[kept.length - 1] = { ...last, message: `${last.message} (and ${left} more in this file)` };
  }
  return kept;
}

function shortenDiagnostic(diagnostic: Diagnostic): Diagnostic {
  const { message, source, suggestion } = diagnostic;
  return {
    ...diagnostic,
    message: shorten(message, longestText),
    ...(source === undefined ? {} : { source: shorten(source, longestSource) }),
    ...(suggestion === undefined ? {} : { suggestion: shorten(suggestion, longestText) }),
  };
}

/**
 * What a rollout of an invalid file is called: its path with `.` for `/`. Other characters than letters, digits and
 * `._-` are replaced, long names cut; then, and where another file is called so already, a hash of the path tells
 * them apart.
 */
export function nameOfInvalid(path: string, taken: ReadonlySet<string>): string {
  const plain = path.replaceAll('/', '.').replaceAll(/[^A-Za-z0-9._-]/g, '-');
  const isExact = plain === path.replaceAll('/', '.') && plain.length <= longestName;
  if (isExact && !taken.has(plain)) return plain;
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 12);
  return `${plain.slice(-longestName)}-${hash}`;
}

function shorten(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
