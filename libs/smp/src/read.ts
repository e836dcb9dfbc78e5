import { diagnose, readYaml, validate, type DocumentPath, type YamlDocument } from '@meshwright/document';
import type { Diagnostic } from '@meshwright/model';
import type { z } from 'zod';

/** What a file reads as, or everything that is wrong with it. */
export type Reading<T> = { value: T; diagnostics?: never } | { value?: never; diagnostics: Diagnostic[] };

/** The one document of a file, YAML or JSON. */
export function readOne(source: string | Uint8Array, file: string): Reading<YamlDocument> {
  // Headers and cookies may hold credentials: lines are not shown.
  const { documents, diagnostics } = readYaml(source, { file, showSource: false });
  if (diagnostics.length > 0) return { diagnostics };
  const [document, second] = documents.filter(({ value }) => value !== null);
  if (document === undefined) {
    return { diagnostics: [{ code: 'empty-file', severity: 'error', message: 'the file is empty', file }] };
  }
  if (second === undefined) return { value: document };
  const message = 'there is a second document; a file holds one';
  return { diagnostics: [diagnose(second, { code: 'several-documents', message, path: [] })] };
}

/** A part of a document as its schema gives it. Values are quoted in no diagnostic: they may be credentials. */
export function readPart<S extends z.ZodType>(
  document: YamlDocument,
  schema: S,
  at: DocumentPath = [],
): Reading<z.output<S>> {
  return validate(schema, document, { at, isSensitive: (path) => path.some((part) => secretive.has(part)) });
}

const secretive: ReadonlySet<string | number> = new Set(['headers', 'cookies', 'body']);
