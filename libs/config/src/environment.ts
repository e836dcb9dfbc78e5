import type { Diagnostic } from '@meshwright/model';
import type { z } from 'zod';
import { pathIn, programIn } from './fields.ts';
import { logLevel, temporalAddress, temporalNamespace } from './schema.ts';
import { gatewayListen, gatewayUrl } from './services-schema.ts';
import type { Config } from './types.ts';

/** What variables can stand before. */
type Settings = Omit<Config, 'results'>;

/** An environment variable that stands before what the file says. */
interface Override<T> {
  variable: string;
  meaning: string;
  schema: (directory: string) => z.ZodType<T>;
  apply: (settings: Settings, value: T) => void;
}

function override<T>(definition: Override<T>): Override<unknown> {
  return definition as Override<unknown>;
}

const overrides: readonly Override<unknown>[] = [
  override({
    variable: 'MESHWRIGHT_TEMPORAL_ADDRESS',
    meaning: 'temporal.address',
    schema: () => temporalAddress,
    apply: (config, address) => (config.temporal.address = address),
  }),
  override({
    variable: 'MESHWRIGHT_TEMPORAL_NAMESPACE',
    meaning: 'temporal.namespace',
    schema: () => temporalNamespace,
    apply: (config, namespace) => (config.temporal.namespace = namespace),
  }),
  override({
    variable: 'MESHWRIGHT_EVIDENCE_DIRECTORY',
    meaning: 'evidence.directory',
    schema: pathIn,
    apply: (config, directory) => (config.evidence.directory = directory),
  }),
  override({
    variable: 'MESHWRIGHT_HELM',
    meaning: 'charts.helm',
    schema: programIn,
    apply: (config, helm) => (config.charts.helm = helm),
  }),
  override({
    variable: 'MESHWRIGHT_GATEWAY_LISTEN',
    meaning: 'gateway.listen',
    schema: () => gatewayListen,
    apply: (config, listen) => (config.gateway.listen = listen),
  }),
  override({
    variable: 'MESHWRIGHT_GATEWAY_URL',
    meaning: 'gateway.url',
    schema: () => gatewayUrl,
    apply: (config, url) => (config.gateway.url = url),
  }),
  override({
    variable: 'MESHWRIGHT_LOG_LEVEL',
    meaning: 'log.level',
    schema: () => logLevel,
    apply: (config, level) => (config.log.level = level),
  }),
];

/** Variable -> the field that it stands before. */
export const environmentOverrides: Readonly<Record<string, string>> = Object.fromEntries(
  overrides.map(({ variable, meaning }) => [variable, meaning]),
);

/** Puts the overrides of the environment into settings; an empty variable is as good as none. */
export function overrideFromEnvironment(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): Diagnostic[] {
  return overrides.flatMap(({ variable, meaning, schema, apply }): Diagnostic[] => {
    const text = environment[variable];
    if (text === undefined || text === '') return [];
    const result = schema(directory).safeParse(text);
    if (result.success) {
      apply(settings, result.data);
      return [];
    }
    const [issue] = result.error.issues;
    const why = issue === undefined ? 'is not valid' : issue.message;
    return [{ code: 'invalid-override', severity: 'error', file: variable, message: `${meaning}: ${why}` }];
  });
}
