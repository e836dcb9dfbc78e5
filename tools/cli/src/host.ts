import { createInterface } from 'node:readline/promises';
import type { ReadStream, WriteStream } from 'node:tty';

/** The process around the command, as far as commands may know it. */
export interface Host {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  stdout: Output;
  stderr: Output;
  /** What is piped in. */
  stdin: () => AsyncIterable<Uint8Array>;
  /** Whether a person can be asked. */
  interactive: boolean;
  /** Asks a person for one line; undefined when they end the input or interrupt. */
  ask: (question: string) => Promise<string | undefined>;
  /** Aborted by Ctrl-C. */
  interrupted: AbortSignal;
  /** Milliseconds since 1970. */
  now: () => number;
}

export interface Output {
  isTerminal: boolean;
  columns: () => number;
  rows: () => number;
  write: (text: string) => void;
}

/** Lines are never wider than this, however wide the terminal: they would be hard to read. */
const widest = 160;
const usualWidth = 100;
const usualHeight = 40;

/** The host of a real process. */
export function processHost(interrupted: AbortSignal): Host {
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    stdin: () => process.stdin,
    interactive: process.stdin.isTTY && process.stderr.isTTY,
    ask: (question) => askOn(process.stdin, process.stderr, question, interrupted),
    interrupted,
    now: () => Date.now(),
  };
}

/** Node leaves `isTTY` and the size out where the stream is no terminal. */
type Stream = Omit<WriteStream, 'isTTY' | 'columns' | 'rows'> &
  Partial<Pick<WriteStream, 'columns' | 'rows'>> & { isTTY?: boolean };

function outputOf(stream: Stream): Output {
  return {
    isTerminal: stream.isTTY === true,
    columns: () => Math.min(widest, sizeOf(stream.columns, usualWidth)),
    rows: () => sizeOf(stream.rows, usualHeight),
    write: (text) => void stream.write(text),
  };
}

/** Terminals that were never told their size say 0. */
function sizeOf(told: number | undefined, usual: number): number {
  return told === undefined || told === 0 ? usual : told;
}

async function askOn(
  input: ReadStream,
  output: WriteStream,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const lines = createInterface({ input, output });
  const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([lines.question(question, { signal }), ended]);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    lines.close();
  }
}
