import type { Diagnostic } from '@meshwright/model';
import type { z } from 'zod';
import type { DocumentPath, Part } from './locate.ts';
import type { YamlDocument } from './read.ts';
import { knownFields } from './schema.ts';
import { nearestName, suggestName } from './suggest.ts';

/** A value as its schema gives it, or everything that is wrong with it. */
export type Validated<T> = { value: T; diagnostics?: never } | { value?: never; diagnostics: Diagnostic[] };

export interface ValidateOptions {
  /** True for paths whose line and value must not be shown because a secret may stand there by mistake. */
  isSensitive?: (path: DocumentPath) => boolean;
  /** Where in the document the value is; the root by default. */
  at?: DocumentPath;
  /** What to say of a field that is not known, instead of just that. */
  explainUnknown?: (path: DocumentPath) => Pick<Problem, 'code' | 'message' | 'suggestion'> | undefined;
}

/** A problem of a document's value: what, and where in the document. */
export interface Problem {
  code: string;
  message: string;
  path: DocumentPath;
  part?: Part;
  severity?: Diagnostic['severity'];
  suggestion?: string | undefined;
}

/**
 * The document's value as the schema gives it, with defaults, or a diagnostic for each thing that is wrong:
 * with its place, what was expected, and the nearest name or value that was meant. A custom issue of the schema
 * may carry `params: { code, suggestion }`.
 */
export function validate<S extends z.ZodType>(
  schema: S,
  document: YamlDocument,
  options: ValidateOptions = {},
): Validated<z.output<S>> {
  const { at = [] } = options;
  const result = schema.safeParse(valueAt(document.value, at));
  if (result.success) return { value: result.data };
  const told = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const issue of result.error.issues.flatMap(nearestAlternative)) {
    for (const problem of problemsOf(issue, schema, document, options)) {
      // The first problem of a value is enough; unknown fields are told one by one.
      const where = JSON.stringify([problem.path, problem.part]);
      if (told.has(where)) continue;
      told.add(where);
      diagnostics.push(diagnose(document, problem, options));
    }
  }
  return { diagnostics };
}

/** A problem of a document as a diagnostic of its file. */
export function diagnose(
  document: YamlDocument,
  problem: Problem,
  options: ValidateOptions = {},
): Diagnostic {
  const { path, part = 'value', severity = 'error', code, message, suggestion } = problem;
  const { source, ...place } = document.locate(path, part);
  return {
    code,
    severity,
    message,
    file: document.file,
    ...place,
    ...(source === undefined || options.isSensitive?.(path) === true ? {} : { source }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

type Issue = z.core.$ZodIssue;

/** Of a union's alternatives, the issues of the one that fits best: fewest issues, deepest first. */
function nearestAlternative(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const [best] = issue.errors.toSorted((a, b) => a.length - b.length || depthOf(b) - depthOf(a));
  return (best ?? []).flatMap((inner) =>
    nearestAlternative({ ...inner, path: [...issue.path, ...inner.path] }),
  );
}

function depthOf(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function problemsOf(
  issue: Issue,
  schema: z.ZodType,
  document: YamlDocument,
  { at = [], isSensitive = () => false, explainUnknown = () => undefined }: ValidateOptions,
): Problem[] {
  const inner = issue.path.map((segment) => (typeof segment === 'symbol' ? segment.toString() : segment));
  const path = [...at, ...inner];
  if (issue.code === 'unrecognized_keys') {
    const known = knownFields(schema, inner);
    return issue.keys.map((key) => {
      const place = [...path, key];
      return { ...unknownField(place, key, known), ...explainUnknown(place), path: place, part: 'key' };
    });
  }
  if (issue.code === 'invalid_key') {
    const message = `${label(path)} is not a valid key: ${issue.issues[0]?.message ?? issue.message}`;
    return [{ code: 'invalid-key', message, path, part: 'key' }];
  }
  const found = valueAt(document.value, path);
  if (found === undefined && issue.code !== 'custom') {
    return [{ code: 'missing-field', message: `${label(path)} is missing`, path }];
  }
  if (found === null) {
    const suggestion = 'Give it a value, or remove the line.';
    return [{ code: 'missing-value', message: `${label(path)} has no value`, path, part: 'key', suggestion }];
  }
  return [{ path, ...describe(issue, label(path), isSensitive(path) ? undefined : found) }];
}

function unknownField(
  path: DocumentPath,
  key: string,
  known: string[],
): Pick<Problem, 'code' | 'message' | 'suggestion'> {
  const message = `${label(path)} is not a known field`;
  return { code: 'unknown-field', message, suggestion: suggestName(key, known, 'Known fields') };
}

/** What an issue says; `found` is undefined when it must not be quoted. */
function describe(issue: Issue, name: string, found: unknown): Omit<Problem, 'path'> {
  switch (issue.code) {
    case 'invalid_type': {
      // A message of the schema's own, instead of the default one.
      if (!issue.message.startsWith('Invalid input')) {
        return { code: 'wrong-type', message: `${name} ${issue.message}; found ${quote(found)}` };
      }
      const message = `${name} must be ${typeName(issue.expected)}; found ${quote(found)}`;
      return { code: 'wrong-type', message, suggestion: typeAdvice(issue.expected, found) };
    }
    case 'invalid_value':
      return { code: 'unknown-value', ...describeChoice(name, issue.values.map(String), found) };
    case 'invalid_union':
      return { code: 'unknown-value', ...describeChoice(name, discriminators(issue), found) };
    case 'too_small':
    case 'too_big':
      return { code: 'out-of-bounds', message: `${name} ${describeBound(issue)}` };
    case 'custom': {
      const { code = 'invalid-value', suggestion } = (issue.params ?? {}) as {
        code?: string;
        suggestion?: string;
      };
      return { code, message: `${name} ${issue.message}`, suggestion };
    }
    default:
      return { code: 'invalid-value', message: `${name} ${issue.message}; found ${quote(found)}` };
  }
}

function discriminators(issue: Issue): string[] {
  const { options } = issue as { options?: unknown };
  return Array.isArray(options) ? options.map(String) : [];
}

function describeChoice(
  name: string,
  values: string[],
  found: unknown,
): Pick<Problem, 'message' | 'suggestion'> {
  const expected = values.length === 1 ? values.join('') : `one of ${values.join(', ')}`;
  const nearest = typeof found === 'string' ? nearestName(found, values) : undefined;
  return {
    message: `${name} must be ${expected}; found ${quote(found)}`,
    suggestion:
      nearest === undefined || values.length === 1 ? undefined : `Did you mean ${JSON.stringify(nearest)}?`,
  };
}

function describeBound(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const [bound, word] = issue.code === 'too_small' ? [issue.minimum, 'at least'] : [issue.maximum, 'at most'];
  if (issue.origin === 'string') {
    return bound === 1 && issue.code === 'too_small'
      ? 'must not be empty'
      : `must have ${word} ${String(bound)} characters`;
  }
  if (issue.origin === 'array' || issue.origin === 'set') return `must have ${word} ${entries(bound)}`;
  if (issue.origin === 'object' || issue.origin === 'record')
    return `must have ${word} ${String(bound)} fields`;
  return `must be ${word} ${String(bound)}`;
}

function entries(bound: number | bigint): string {
  return bound === 1 ? '1 entry' : `${String(bound)} entries`;
}

const typeNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object with fields',
  record: 'an object with fields',
  array: 'a list',
};

function typeName(expected: string): string {
  return typeNames[expected] ?? expected;
}

function typeAdvice(expected: string, found: unknown): string | undefined {
  if (expected === 'string' && ['number', 'boolean'].includes(typeof found))
    return `Quote it: "${String(found)}".`;
  if (expected === 'array' && found !== undefined)
    return 'Write it as a list: one line per entry, each beginning with "- ".';
  return undefined;
}

const shownValue = 60;

function quote(found: unknown): string {
  if (Array.isArray(found)) return 'a list';
  if (found === undefined) return 'something else';
  if (typeof found === 'number' || typeof found === 'boolean') return String(found);
  if (typeof found !== 'string') return 'an object';
  return `the text ${JSON.stringify(found.length > shownValue ? `${found.slice(0, shownValue)}…` : found)}`;
}

/** A path as people write it: `spec.targets[0].cluster`. */
export function label(path: DocumentPath): string {
  if (path.length === 0) return 'the document';
  return path
    .map((segment, index) =>
      typeof segment === 'number' ? `[${segment}]` : `${index === 0 ? '' : '.'}${segment}`,
    )
    .join('');
}

function valueAt(root: unknown, path: DocumentPath): unknown {
  let value = root;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<string | number, unknown>)[segment];
  }
  return value;
}
