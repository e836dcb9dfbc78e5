import { open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { diagnose, handwrittenLimits, readYaml, validate, type DocumentPath } from '@meshwright/document';
import { formatDiagnostic, MeshwrightError, messageOf, type Diagnostic } from '@meshwright/model';
import { overrideFromEnvironment } from './environment.ts';
import { configSchema } from './schema.ts';
import type { Config, ResultsConfig } from './types.ts';

export interface LoadConfigOptions {
  /** The configuration file; relative to the working directory. */
  path: string;
  /** Where overrides are looked up, such as `process.env`. */
  environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads `meshwright.yaml`: checked, with defaults, absolute paths and the overrides of the environment. Secrets are
 * not read, only where they are.
 * @throws MeshwrightError INVALID_CONFIGURATION, with one formatted diagnostic in each of `details.lines`.
 */
export async function loadConfig({ path, environment }: LoadConfigOptions): Promise<Config> {
  const absolute = resolve(path);
  const { config, diagnostics } = parseConfig(await readBounded(absolute, path), absolute, environment, path);
  if (config !== undefined) return config;
  const things = diagnostics.length === 1 ? 'one thing is' : `${diagnostics.length} things are`;
  throw new MeshwrightError(
    'INVALID_CONFIGURATION',
    `The configuration ${path} cannot be used: ${things} wrong with it.`,
    {
      where: path,
      lines: diagnostics.map(formatDiagnostic),
      remedy: 'Mend what the lines say, then start again.',
    },
  );
}

/** A configuration, or what is wrong with it. */
export type ParsedConfig =
  { config: Config; diagnostics: [] } | { config?: never; diagnostics: Diagnostic[] };

/** The configuration in the text of a file at an absolute path; `shown` is what diagnostics call the file. */
export function parseConfig(
  source: string | Uint8Array,
  path: string,
  environment: LoadConfigOptions['environment'],
  shown: string = path,
): ParsedConfig {
  const text = typeof source === 'string' ? source : Buffer.from(source).toString('latin1');
  const { documents, diagnostics } = readYaml(source, { file: shown, showSource: !mayHoldSecret(text) });
  if (diagnostics.length > 0) return { diagnostics };
  const [first, second] = documents.filter(({ value }) => value !== null);
  if (second !== undefined) {
    return {
      diagnostics: [
        diagnose(second, { code: 'several-documents', message: 'a configuration is one document', path: [] }),
      ],
    };
  }
  const document = first ?? documents[0];
  if (document === undefined) return { diagnostics: [] };
  // An empty file is a configuration of defaults.
  const directory = dirname(path);
  const result = validate(
    configSchema(directory),
    { ...document, value: document.value ?? {} },
    { isSensitive },
  );
  if (result.diagnostics !== undefined) return { diagnostics: result.diagnostics };
  const { results, metrics, ...given } = result.value;
  const settings = { path, ...given, ...(metrics === undefined ? {} : { metrics }) };
  const wrong = overrideFromEnvironment(settings, environment, directory);
  if (wrong.length > 0) return { diagnostics: wrong };
  return { config: { ...settings, results: results ?? besideEvidence(settings) }, diagnostics: [] };
}

function besideEvidence({ evidence }: Pick<Config, 'evidence'>): ResultsConfig {
  return { sqlite: join(dirname(evidence.directory), 'results.db') };
}

/** Fields that people write secrets into although only references belong there. */
const sensitiveFields: readonly (string | number)[] = [
  'credentials',
  'encryption',
  'secret',
  'apiKey',
  'token',
  'tokens',
  'appToken',
  'privateKey',
  'webhookSecret',
  'url',
  'ui',
  'repository',
  'oci',
  'results',
];

function isSensitive(path: DocumentPath): boolean {
  return path.some((segment) => sensitiveFields.includes(segment));
}

/** Whether a line of the file may hold a secret by mistake: then diagnostics tell places only. */
function mayHoldSecret(text: string): boolean {
  const inUrl = /:\/\/[^\s/]*:[^\s/]*@/;
  const inField = /(?:password|passwd|token|secret|api_?key|ssh_?key|private_?key)["']?\s*:[ \t]*[^\s{]/i;
  const inKey = /\bkey["']?\s*:[ \t]*["']?[A-Za-z0-9+/]{40}/;
  return inUrl.test(text) || inField.test(text) || inKey.test(text);
}

async function readBounded(path: string, shown: string): Promise<Uint8Array> {
  try {
    await using file = await open(path, 'r');
    const stat = await file.stat();
    if (!stat.isFile()) throw new Error('it is no regular file');
    const buffer = Buffer.alloc(handwrittenLimits.bytes + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw new MeshwrightError(
      'INVALID_CONFIGURATION',
      `The configuration ${shown} cannot be read: ${messageOf(error)}.`,
      {
        where: shown,
        remedy: 'Create the file, or name another one with --config.',
      },
    );
  }
}
