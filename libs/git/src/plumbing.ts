import { GitPluginError, simpleGit, type SimpleGitOptions } from 'simple-git';
import { cannotStart, type GitResult, type ProcessOptions, tooMuchOutput } from './process.ts';

/**
 * simple-git refuses these settings because they could come from input. Here all of them are constants of the
 * hardened environment; arguments are still checked by it.
 */
const ownSettings = {
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeHooksPath: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeAskPass: true,
} as const satisfies SimpleGitOptions['unsafe'];

const defaultOutputLimit = 1024 * 1024;

/**
 * Runs a command on the mirror alone; its exit code is the caller's to judge.
 * @throws MeshwrightError INVALID_INPUT when it writes more than allowed, PREREQUISITE_MISSING without git.
 */
export async function runGit(argv: readonly string[], options: ProcessOptions): Promise<GitResult> {
  options.signal?.throwIfAborted();
  const limit = options.outputLimit ?? defaultOutputLimit;
  const overflow = new AbortController();
  const result: GitResult = { code: -1, stdout: Buffer.alloc(0), stderr: '' };
  const git = simpleGit({
    baseDir: options.directory,
    allowEnvironment: Object.keys(options.environment),
    unsafe: ownSettings,
    timeout: { block: options.timeoutMs },
    abort: AbortSignal.any([overflow.signal, ...(options.signal ? [options.signal] : [])]),
    errors(error, { exitCode, stdOut, stdErr }) {
      result.code = exitCode;
      result.stdout = Buffer.concat(stdOut);
      result.stderr = Buffer.concat(stdErr).toString('utf8');
      // An exit code is an answer; only what simple-git itself raised (abort, time over, refusal) is an error.
      return error instanceof GitPluginError ? error : undefined;
    },
  });
  git.env(options.environment);
  git.outputHandler((_command, stdout) => stopAt(limit, stdout, () => overflow.abort()));
  try {
    await git.raw([...argv]);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (overflow.signal.aborted) throw tooMuchOutput(argv[0] ?? '', limit);
    throw error;
  }
  if (result.code < 0) throw cannotStart(result.stderr.split('\n')[0]);
  return result;
}

function stopAt(limit: number, stream: NodeJS.ReadableStream, stop: () => void): void {
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) stop();
  });
}
