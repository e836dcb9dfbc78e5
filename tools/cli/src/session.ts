import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { type Config, loadConfig } from '@meshwright/config';
import { type EvidenceStore, openEvidence } from '@meshwright/evidence';
import type { ResultsStore } from '@meshwright/results';
import type { TemporalConnection } from '@meshwright/temporal';
import { ExitCode } from './exit-code.ts';
import type { Host } from './host.ts';
import { jsonText } from './render/json.ts';
import { createStyle, type View, wantsColor } from './render/style.ts';
import { secretsFor } from './secrets.ts';

/** The options that every command takes. */
export interface GlobalOptions {
  config?: string;
  json: boolean;
  color: boolean;
}

/** What commands work with: the screen, and the parts of the engine, each opened when first asked for. */
export interface Session {
  readonly host: Host;
  readonly options: GlobalOptions;
  /** Results, on standard output. */
  print(lines: readonly string[]): void;
  printJson(value: unknown): void;
  /** What is not a result, on standard error. */
  tell(lines: readonly string[]): void;
  view: () => View;
  /**
   * The configuration.
   * @throws MeshwrightError INVALID_CONFIGURATION when it is missing or wrong.
   */
  config(): Promise<Config>;
  /** The configuration, or undefined when none was named and there is none here. */
  configIfAny(): Promise<Config | undefined>;
  temporal(): Promise<Client>;
  evidence(): Promise<EvidenceStore>;
  results(): Promise<ResultsStore>;
  /** Says how the command ended. */
  end(code: ExitCode): void;
}

/** A session whose options are known once the arguments are read; `close` lets go of what was opened. */
export interface OwnedSession extends Session {
  begin(options: GlobalOptions): void;
  exitCode(): ExitCode;
  close(): Promise<void>;
}

/** A session of one command in a host. */
export function createSession(host: Host): OwnedSession {
  let exitCode: ExitCode = ExitCode.done;
  let options: GlobalOptions = { json: false, color: true };
  let connection: Promise<TemporalConnection> | undefined;
  let loaded: Promise<Config> | undefined;
  let results: Promise<ResultsStore> | undefined;
  const session: OwnedSession = {
    host,
    get options() {
      return options;
    },
    begin(given) {
      options = given;
    },
    end(code) {
      exitCode = code;
    },
    exitCode: () => exitCode,
    print: (lines) => host.stdout.write(lines.map((line) => `${line}\n`).join('')),
    printJson: (value) => host.stdout.write(`${jsonText(value, 2)}\n`),
    tell: (lines) => host.stderr.write(lines.map((line) => `${line}\n`).join('')),
    view: () => viewOf(host, options),
    config: () => (loaded ??= loadConfig({ path: configPath(host, options), environment: host.env })),
    async configIfAny() {
      return (await hasConfig(host, options)) ? session.config() : undefined;
    },
    async temporal() {
      connection ??= connect(await session.config(), host);
      return (await connection).client;
    },
    async evidence() {
      return openEvidence((await session.config()).evidence);
    },
    async results() {
      results ??= openStore(await session.config(), host);
      return results;
    },
    async close() {
      // What could not be opened was reported by who asked for it.
      const openConnection = await connection?.catch(() => undefined);
      await openConnection?.close();
      const openResults = await results?.catch(() => undefined);
      await openResults?.close();
    },
  };
  return session;
}

/** Loaded only by the commands that need it: it takes longer to load than everything else together. */
async function connect(config: Config, host: Host): Promise<TemporalConnection> {
  const { connectTemporal } = await import('@meshwright/temporal');
  return connectTemporal(await secretsFor(config, host).temporal(config.temporal));
}

/** Loaded only by the commands that need it, too. */
async function openStore(config: Config, host: Host): Promise<ResultsStore> {
  const { openResults } = await import('@meshwright/results');
  return openResults(await secretsFor(config, host).results(config.results));
}

/** `--config`, else MESHWRIGHT_CONFIG, else `meshwright.yaml` here. */
export function configPath(host: Pick<Host, 'cwd' | 'env'>, options: Pick<GlobalOptions, 'config'>): string {
  return resolve(host.cwd, namedConfig(host, options) ?? 'meshwright.yaml');
}

function namedConfig(host: Pick<Host, 'env'>, options: Pick<GlobalOptions, 'config'>): string | undefined {
  const fromEnvironment = host.env.MESHWRIGHT_CONFIG;
  return options.config ?? (fromEnvironment === '' ? undefined : fromEnvironment);
}

async function hasConfig(host: Host, options: GlobalOptions): Promise<boolean> {
  if (namedConfig(host, options) !== undefined) return true;
  return access(configPath(host, options)).then(
    () => true,
    () => false,
  );
}

function viewOf(host: Host, options: GlobalOptions): View {
  const { isTerminal, columns } = host.stdout;
  return {
    style: createStyle(wantsColor({ flag: options.color, isTerminal, env: host.env })),
    width: columns(),
    now: host.now(),
  };
}
