import {
  diagnose,
  dnsLabel,
  readYaml,
  validate,
  type ValidateOptions,
  type YamlDocument,
} from '@meshwright/document';
import type { Diagnostic } from '@meshwright/model';
import type { z } from 'zod';

/** A format of which a file holds one document. */
export interface Format<T> {
  kind: string;
  /** As in `a pattern file holds one document`. */
  name: string;
  schema: z.ZodType<T>;
  /** What is said of a file without a document. */
  empty: { message: string; suggestion: string };
  /** What is said of a document of another kind, after what it is. */
  stranger: { code: string; message: string; suggestion: string };
  /** Passed on to the validation. */
  options?: ValidateOptions;
}

/** One file, read by itself. */
export interface Reading<T> {
  /** The document, when the file has exactly one that is sound YAML. */
  document?: YamlDocument;
  /** Present when the document is valid. */
  value?: T;
  /** Its name, as far as it can be told. */
  name?: string;
  diagnostics: Diagnostic[];
}

/** Reads the one document of a file and checks it by itself, without what it refers to. */
export function readDocument<T>(
  source: string | Uint8Array,
  file: string,
  byteLimit: number,
  format: Format<T>,
): Reading<T> {
  const { documents, diagnostics } = readYaml(source, { file, limits: { bytes: byteLimit } });
  if (diagnostics.length > 0) return { diagnostics };
  const [document, second] = documents.filter(({ value }) => value !== null);
  if (document === undefined) {
    return { diagnostics: [{ code: 'empty-file', severity: 'error', file, ...format.empty }] };
  }
  const name = nameOf(document.value);
  const known = { document, ...(name === undefined ? {} : { name }) };
  if (second !== undefined) return { ...known, diagnostics: [severalDocuments(second, format)] };
  const stranger = strangerIn(document, format);
  if (stranger !== undefined) return { ...known, diagnostics: [stranger] };
  const result = validate(format.schema, document, format.options);
  if (result.diagnostics !== undefined) return { ...known, diagnostics: result.diagnostics };
  return { ...known, value: result.value, diagnostics: [] };
}

function severalDocuments<T>(second: YamlDocument, { name }: Format<T>): Diagnostic {
  return diagnose(second, {
    code: 'several-documents',
    message: `a ${name} file holds one document; a second one begins here`,
    path: [],
    suggestion: 'Move it to a file of its own.',
  });
}

/** A document of another kind gets one diagnostic, not one for each of its fields. */
function strangerIn<T>(
  document: YamlDocument,
  { kind: wanted, stranger }: Format<T>,
): Diagnostic | undefined {
  const { value } = document;
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind === wanted)
    return undefined;
  const { kind } = value;
  if (typeof kind !== 'string') return undefined;
  return diagnose(document, {
    code: stranger.code,
    message: `this is a document of kind ${JSON.stringify(kind.slice(0, 60))}; ${stranger.message}`,
    path: ['kind'],
    suggestion: stranger.suggestion,
  });
}

function nameOf(value: unknown): string | undefined {
  const { metadata } = (value ?? {}) as { metadata?: { name?: unknown } | null };
  return dnsLabel().safeParse(metadata?.name).data;
}
