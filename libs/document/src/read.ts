import type { Diagnostic } from '@meshwright/model';
import { Composer, Lexer, Parser, type Document, type ParsedNode, type YAMLError } from 'yaml';
import { handwrittenLimits, type DocumentLimits } from './limits.ts';
import { locateIn, type DocumentPath, type Part } from './locate.ts';
import { tooDeep, toPlain, type Finding } from './plain.ts';
import { decode, linesOf, type Lines, type Place } from './text.ts';

/** One document of a YAML file as plain JSON data that knows where it was written. */
export interface YamlDocument {
  file: string;
  /** Null when the document is empty. */
  value: unknown;
  /**
   * Where a value is written, or with `key` where its key is; the nearest one above it when it is not there.
   */
  locate(path: DocumentPath, part?: Part): Place;
}

/** The documents of a file that are sound, and what is wrong with the others or with the whole file. */
export interface YamlFile {
  documents: YamlDocument[];
  diagnostics: Diagnostic[];
}

export interface ReadOptions {
  /** The name that diagnostics give the file. */
  file: string;
  /** What is not given is as for a handwritten file. */
  limits?: Partial<DocumentLimits>;
  /** False when a line of the file may hold a secret: diagnostics then tell places only. True by default. */
  showSource?: boolean;
}

/**
 * Reads a YAML 1.2 file (core schema, so also JSON) as plain data. Refused, each with its place: what exceeds
 * the limits, text that is not UTF-8 or hides characters, duplicate keys, merge keys, tags, keys that reach
 * prototypes, numbers that JSON cannot keep, and plain values that YAML 1.1 reads differently. Never throws
 * for what a file holds. The nesting limit holds while the tokens are read, before anything recurses.
 */
export function readYaml(source: string | Uint8Array, options: ReadOptions): YamlFile {
  const limits = { ...handwrittenLimits, ...options.limits };
  const { file, showSource = true } = options;
  const { text, problem } = decode(source, limits.bytes);
  if (problem !== undefined) return { documents: [], diagnostics: [{ severity: 'error', file, ...problem }] };
  const lines = linesOf(text, { showSource });
  const parsed = parseWithin(text, limits);
  const documents: YamlDocument[] = [];
  const findings: Finding[] = [];
  for (const document of parsed.documents) {
    const found = [...document.errors, ...document.warnings]
      .slice(0, toldSyntaxErrors)
      .map((error) => syntaxFinding(error, showSource));
    const version = versionFinding(document);
    if (version !== undefined) found.push(version);
    if (found.length === 0) {
      const { contents } = document;
      const plain = toPlain(contents, limits, (offset) => lines.at(offset).line);
      found.push(...plain.findings);
      if (plain.findings.length === 0) {
        documents.push({
          file,
          value: plain.value,
          locate: (path, part = 'value') => locateIn(contents, plain.aliases, lines, path, part),
        });
      }
    }
    findings.push(...found);
    if (findings.length > limits.diagnostics) break;
  }
  if (parsed.refusal !== undefined) findings.push(parsed.refusal);
  return { documents, diagnostics: tell(findings, file, lines, limits) };
}

interface Parsed {
  documents: Document.Parsed[];
  /** Why reading stopped before the end. */
  refusal?: Finding;
}

/**
 * Runs lexer, parser and composer of `yaml` token by token, so that the limits are looked at between tokens:
 * lexer and parser keep their own stacks; only the composer recurses, and it gets no document that is too deep.
 */
function parseWithin(text: string, limits: DocumentLimits): Parsed {
  const documents: Document.Parsed[] = [];
  const parser = new Parser();
  const composer = new Composer<ParsedNode>({
    version: '1.2',
    schema: 'core',
    resolveKnownTags: false,
    merge: false,
    stringKeys: true,
    strict: true,
    // Duplicate keys are found later, in linear time.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  let tokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const offset = parser.offset;
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    tokens += 1;
    const refusal = exceeded(tokens, parser.stack.length, documents.length, limits);
    if (refusal !== undefined) return { documents: [], refusal: { ...refusal, offset } };
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));
  return { documents };
}

function exceeded(
  tokens: number,
  stack: number,
  documents: number,
  limits: DocumentLimits,
): Omit<Finding, 'offset'> | undefined {
  // The parser's stack has one entry for the document and one for a scalar besides those of the collections.
  if (stack > limits.depth + 2) {
    return { code: 'too-deep', message: tooDeep(limits) };
  }
  if (documents > limits.documents) {
    return { code: 'too-many-documents', message: `the file has more than ${limits.documents} documents` };
  }
  if (tokens <= limits.tokens) return undefined;
  return {
    code: 'file-too-large',
    message: `the file has more than ${limits.tokens} keys, values and other tokens`,
    suggestion: 'Split it into several files.',
  };
}

function versionFinding(document: Document.Parsed): Finding | undefined {
  const { version } = document.directives.yaml;
  if (version === '1.2') return undefined;
  return {
    code: 'yaml-version',
    message: `YAML ${version} is not supported`,
    offset: 0,
    suggestion: 'Remove the %YAML directive; files are read as YAML 1.2.',
  };
}

const shownMessage = 200;
/** Of one document: what comes after follows from these. */
const toldSyntaxErrors = 5;

function syntaxFinding(error: YAMLError, showSource: boolean): Finding {
  const offset = error.pos[0];
  if (error.code === 'TAB_AS_INDENT') {
    return { code: 'tab', message: 'a tab cannot indent YAML', offset, suggestion: 'Indent with spaces.' };
  }
  if (error.code === 'TAG_RESOLVE_FAILED') {
    return {
      code: 'tag',
      message: 'tags are not supported',
      offset,
      suggestion: 'Write plain YAML without tags.',
    };
  }
  if (error.code === 'NON_STRING_KEY') {
    const suggestion = 'Quote a text that begins with {, [ or *; render a template before it is committed.';
    return { code: 'key-not-text', message: 'a key must be text', offset, suggestion };
  }
  // Messages of `yaml` may quote the text.
  const text = showSource ? error.message : error.code.toLowerCase().replaceAll('_', ' ');
  return { code: 'yaml-syntax', message: `the YAML is broken: ${text.slice(0, shownMessage)}`, offset };
}

function tell(findings: Finding[], file: string, lines: Lines, limits: DocumentLimits): Diagnostic[] {
  const told = findings.slice(0, limits.diagnostics).map(({ offset, ...finding }): Diagnostic => {
    return { severity: 'error', file, ...finding, ...lines.at(offset) };
  });
  if (findings.length > limits.diagnostics) {
    told.push({
      code: 'more',
      severity: 'error',
      file,
      message: `there is more wrong with this file; the first ${limits.diagnostics} things are told`,
    });
  }
  return told;
}
