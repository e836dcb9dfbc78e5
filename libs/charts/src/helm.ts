import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MeshwrightError } from '@meshwright/model';

/** How one call of Helm ended. `stderr` is shortened. */
export interface HelmResult {
  outcome: 'done' | 'failed' | 'timed-out' | 'too-much-output';
  stdout: string;
  stderr: string;
}

export interface HelmCall {
  timeoutSeconds: number;
  /** What Helm reads from standard input. */
  input?: string;
  signal: AbortSignal | undefined;
}

/** The Helm binary with homes of its own: never the user's repositories, plugins, credentials or cluster. */
export interface Helm {
  /**
   * Runs Helm once.
   * @throws MeshwrightError PREREQUISITE_MISSING when there is no such binary; the signal's reason when cancelled.
   */
  run(args: string[], call: HelmCall): Promise<HelmResult>;
}

const oldestMajor = 4;
const maximumOutputBytes = 64 * 1024 * 1024;
const maximumMessageLength = 4_000;

/** What Helm may take from the environment: how to leave the network, and whom to trust there. */
const inheritedVariables = [
  'PATH',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

export function openHelm(options: { helm: string; directory: string }): Helm {
  const home = join(options.directory, 'helm');
  return {
    async run(args, call) {
      await mkdir(home, { recursive: true, mode: 0o700 });
      return runOnce(options.helm, args, { ...call, home });
    },
  };
}

/**
 * The version of Helm, such as `v4.2.4`.
 * @throws MeshwrightError PREREQUISITE_MISSING when it is missing or older than Helm 4.
 */
export async function requireHelm(helm: Helm, signal: AbortSignal | undefined): Promise<string> {
  const { outcome, stdout, stderr } = await helm.run(['version', '--template', '{{.Version}}'], {
    timeoutSeconds: 30,
    signal,
  });
  const version = stdout.trim();
  const major = /^v?(\d+)\./.exec(version)?.[1];
  if (outcome === 'done' && major !== undefined && Number(major) >= oldestMajor) return version;
  const found =
    major === undefined ? `it answered: ${stderr || version || outcome}` : `this one is ${version}`;
  throw new MeshwrightError(
    'PREREQUISITE_MISSING',
    `Meshwright needs Helm ${oldestMajor} or newer, and ${found}.`,
    {
      remedy: 'Install Helm 4 (https://helm.sh/docs/intro/install/) and name it in the configuration.',
    },
  );
}

async function runOnce(
  command: string,
  args: string[],
  call: HelmCall & { home: string },
): Promise<HelmResult> {
  const { signal, input = '', timeoutSeconds, home } = call;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      {
        cwd: home,
        env: environment(home),
        encoding: 'utf8',
        timeout: timeoutSeconds * 1000,
        killSignal: 'SIGKILL',
        maxBuffer: maximumOutputBytes,
        ...(signal === undefined ? {} : { signal }),
      },
      (error, stdout, stderr) => {
        if (signal?.aborted === true) {
          reject(signal.reason as Error);
          return;
        }
        if (error !== null && isUnstartable(error.code)) {
          reject(missing(command, error));
          return;
        }
        resolve({ outcome: outcomeOf(error), stdout, stderr: shorten(stderr) });
      },
    );
    // Helm that ends before it read everything closes the pipe; its exit status says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function environment(home: string): Record<string, string> {
  const variables: Record<string, string> = {
    HOME: home,
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    HELM_PLUGINS: join(home, 'no-plugins'),
    KUBECONFIG: '/dev/null',
  };
  for (const name of inheritedVariables) {
    const value = process.env[name];
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}

function outcomeOf(error: { code?: unknown; killed?: boolean } | null): HelmResult['outcome'] {
  if (error === null) return 'done';
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'too-much-output';
  return error.killed === true ? 'timed-out' : 'failed';
}

function isUnstartable(code: unknown): boolean {
  return code === 'ENOENT' || code === 'EACCES' || code === 'ENOEXEC';
}

function missing(command: string, cause: Error): MeshwrightError {
  return new MeshwrightError(
    'PREREQUISITE_MISSING',
    `Helm could not be started as "${command}": ${cause.message}.`,
    { remedy: 'Install Helm 4 (https://helm.sh/docs/intro/install/) and name it in the configuration.' },
    { cause },
  );
}

function shorten(text: string): string {
  const trimmed = text.trim();
  return trimmed.length <= maximumMessageLength ? trimmed : `${trimmed.slice(0, maximumMessageLength)}…`;
}
