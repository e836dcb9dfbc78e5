import type { YamlDocument } from '@meshwright/document';
import { patternApiVersion, type Diagnostic, type Pattern } from '@meshwright/model';
import { type Format, readDocument } from './read-document.ts';
import { explainUnknownIn } from './profile/read-profile.ts';
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

/** A pattern whose document is sound. */
export interface ReadPattern {
  path: string;
  document: YamlDocument;
  pattern: Pattern;
}

const format: Format<Pattern> = {
  kind: 'Pattern',
  name: 'pattern',
  schema: patternSchema,
  empty: {
    message: 'the file has no pattern; an empty file does not uninstall anything',
    suggestion: 'Write a pattern, or delete the file.',
  },
  stranger: {
    code: 'not-a-pattern',
    message: "files below the patterns' folder hold patterns",
    suggestion: `Move it out of the patterns' folder, or write kind: Pattern (${patternApiVersion}).`,
  },
  options: { explainUnknown: explainUnknownIn(['spec', 'performance', 'gate']) },
};

/** Reads the one Pattern document of a file and checks it by itself, without what it refers to. */
export function readPattern(source: string | Uint8Array, file: string, byteLimit: number): PatternReading {
  const { value, ...reading } = readDocument(source, file, byteLimit, format);
  return value === undefined ? reading : { ...reading, pattern: value };
}
