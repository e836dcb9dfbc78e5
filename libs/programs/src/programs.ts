import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, isAbsolute, join } from 'node:path';
import { MeshwrightError, messageOf } from '@meshwright/model';
import { watchWaiting } from './waiting.ts';

/** What a program is run with. */
export interface ProgramCall {
  signal: AbortSignal;
  /** What it reads from its standard input. */
  input?: string;
  /** Files in its working directory, by name; the directory is removed afterwards. */
  files?: Readonly<Record<string, string>>;
}

/** How a program ended. */
export interface ProgramOutcome {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** For how long its threads together were ready to run and no processor was free, in seconds; absent where it is not told. */
  waitedSeconds?: number;
}

/** The programs of this machine. */
export interface Programs {
  /** Where a program is, or undefined when there is none. */
  find(program: string): Promise<string | undefined>;
  /**
   * Runs a program until it ends.
   * @throws MeshwrightError PREREQUISITE_MISSING when there is no such program, LOAD_FAILED when it prints more than is
   *   read; the signal's reason when it was ended by it.
   */
  run(program: string, args: readonly string[], call: ProgramCall): Promise<ProgramOutcome>;
}

const maximumOutputBytes = 64 * 1024 ** 2;
/** Credentials of the engine are not for the programs. */
const inheritedVariables = ['PATH', 'LANG', 'TZ', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

/** The programs on the PATH; `places` names those that are elsewhere. */
export function openPrograms(places: Readonly<Record<string, string>> = {}): Programs {
  const find = (program: string): Promise<string | undefined> => locate(places[program] ?? program);
  return {
    find,
    async run(program, args, call) {
      call.signal.throwIfAborted();
      const file = await find(program);
      if (file === undefined) {
        throw new MeshwrightError('PREREQUISITE_MISSING', `There is no ${program} on this machine.`, {
          remedy: `Install ${program} so that it is on the PATH.`,
        });
      }
      const directory = await mkdtemp(join(tmpdir(), 'meshwright-program-'));
      try {
        await writeFiles(directory, call.files ?? {});
        return await runOnce(file, args, { ...call, directory });
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}

async function locate(program: string): Promise<string | undefined> {
  const directories = isAbsolute(program) ? [''] : (process.env.PATH ?? '').split(delimiter);
  for (const directory of directories) {
    const file = join(directory, program);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    if (basename(name) !== name) throw new MeshwrightError('INTERNAL', `${name} is no plain file name.`);
    await writeFile(join(directory, name), text, { mode: 0o600 });
  }
}

function runOnce(
  file: string,
  args: readonly string[],
  { signal, input, directory }: ProgramCall & { directory: string },
): Promise<ProgramOutcome> {
  const env: Record<string, string> = {};
  for (const name of inheritedVariables) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return new Promise((resolve, reject) => {
    const options = { cwd: directory, env, signal, maxBuffer: maximumOutputBytes } as const;
    const child = execFile(file, args, { ...options, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const waitedSeconds = waiting.stop();
      if (signal.aborted) reject(signal.reason as Error);
      else if (error !== null && typeof error.code !== 'number') {
        reject(new MeshwrightError('LOAD_FAILED', `${basename(file)} could not be run: ${messageOf(error)}`));
      } else {
        const exitCode = error === null ? 0 : Number(error.code);
        resolve({ exitCode, stdout, stderr, ...(waitedSeconds === undefined ? {} : { waitedSeconds }) });
      }
    });
    const waiting = watchWaiting(child.pid);
    // A program that ends without reading its input closes the pipe.
    child.stdin?.on('error', () => undefined).end(input);
  });
}
