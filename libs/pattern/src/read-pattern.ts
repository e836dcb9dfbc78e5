import { diagnose, readYaml, validate, type DocumentPath, type YamlDocument } from '@meshwright/document';
import { patternApiVersion, type Diagnostic, type Pattern } from '@meshwright/model';
import { patternSchema } from './schema.ts';

/** One pattern file, read by itself. */
export interface PatternReading {
  /** The document, when the file has exactly one that is sound YAML. */
  document?: YamlDocument;
  /** Present when the document is a valid pattern. */
  pattern?: Pattern;
  /** The pattern's name, as far as it can be told. */
  name?: string;
  diagnostics: Diagnostic[];
}

/** Reads the one Pattern document of a file and checks it by itself, without what it refers to. */
export function readPattern(source: string | Uint8Array, file: string, byteLimit: number): PatternReading {
  const { documents, diagnostics } = readYaml(source, { file, limits: { bytes: byteLimit } });
  if (diagnostics.length > 0) return { diagnostics };
  const [document, second] = documents.filter(({ value }) => value !== null);
  if (document === undefined) return { diagnostics: [emptyFile(file)] };
  const name = nameOf(document.value);
  const known = { document, ...(name === undefined ? {} : { name }) };
  if (second !== undefined) return { ...known, diagnostics: [severalDocuments(second)] };
  const stranger = strangerIn(document);
  if (stranger !== undefined) return { ...known, diagnostics: [stranger] };
  const result = validate(patternSchema, document, { explainUnknown });
  if (result.diagnostics !== undefined) return { ...known, diagnostics: result.diagnostics };
  return { ...known, pattern: result.value, diagnostics: [] };
}

function emptyFile(file: string): Diagnostic {
  return {
    code: 'empty-file',
    severity: 'error',
    message: 'the file has no pattern; an empty file does not uninstall anything',
    file,
    suggestion: 'Write a pattern, or delete the file.',
  };
}

function severalDocuments(second: YamlDocument): Diagnostic {
  return diagnose(second, {
    code: 'several-documents',
    message: 'a pattern file holds one document; a second one begins here',
    path: [],
    suggestion: 'Move it to a file of its own.',
  });
}

/** A document of another kind gets one diagnostic, not one for each of its fields. */
function strangerIn(document: YamlDocument): Diagnostic | undefined {
  const { value } = document;
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind === 'Pattern')
    return undefined;
  const { kind } = value;
  if (typeof kind !== 'string') return undefined;
  return diagnose(document, {
    code: 'not-a-pattern',
    message: `this is a document of kind ${JSON.stringify(kind.slice(0, 60))}; files below the patterns' folder hold patterns`,
    path: ['kind'],
    suggestion: `Move it out of the patterns' folder, or write kind: Pattern (${patternApiVersion}).`,
  });
}

/** Parts of the format that this release does not carry out are refused rather than ignored. */
function explainUnknown(
  path: DocumentPath,
): { code: string; message: string; suggestion: string } | undefined {
  if (path.join('.') !== 'spec.performance') return undefined;
  return {
    code: 'not-supported',
    message: 'this release does not measure performance yet: spec.performance would gate nothing',
    suggestion: 'Remove spec.performance.',
  };
}

function nameOf(value: unknown): string | undefined {
  const name = patternSchema.shape.metadata.shape.name.safeParse(
    (value as { metadata?: { name?: unknown } | null } | null)?.metadata?.name,
  );
  return name.data;
}
