/** Something wrong in a file a person wrote, said so that it can be mended at once. */
export interface Diagnostic {
  code: string;
  severity: 'error' | 'warning';
  message: string;
  /** The file, relative to the repository's root. */
  file: string;
  /** 1-based; absent when the whole file is meant. */
  line?: number;
  column?: number;
  /** The offending line as it stands in the file, shortened. */
  source?: string;
  suggestion?: string;
}

/**
 * A diagnostic as a compiler prints it: `file:line:column: error: message [code]`, the offending line
 * with a caret under the column, and the suggestion.
 */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, message, code, source, suggestion } = diagnostic;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const lines = [`${place}: ${severity}: ${message} [${code}]`];
  if (source !== undefined) {
    lines.push(`  ${source}`);
    if (column !== undefined) lines.push(`  ${' '.repeat(Math.max(0, column - 1))}^`);
  }
  if (suggestion !== undefined) lines.push(`  ${suggestion}`);
  return lines.join('\n');
}
