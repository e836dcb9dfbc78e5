import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { MeshwrightError } from '@meshwright/model';
import type { GitEnvironment } from './environment.ts';
import { cannotStart, killGroup } from './process.ts';

/** Reads objects of a mirror by their ids. */
export interface ObjectReader {
  /**
   * The bytes of an object.
   * @throws MeshwrightError INVALID_INPUT when it is larger than `limit` bytes, COMMIT_MISSING when it is not there.
   */
  read(id: string, limit: number): Promise<Uint8Array>;
}

interface Batch {
  child: ChildProcessByStdio<Writable, Readable, null>;
  output: ByteSource;
}

/** After this long without a read, the process behind a reader ends; the next read starts another. */
const idleMilliseconds = 2_000;
const longestHeader = 200;

/** A reader over one `git cat-file --batch` process, which starts with the first read. Reads are answered in turn. */
export function openObjects(environment: GitEnvironment, directory: string): ObjectReader {
  let batch: Batch | undefined;
  let idle: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function readNow(id: string, limit: number): Promise<Uint8Array> {
    clearTimeout(idle);
    const running = (batch ??= await startBatch(environment, directory));
    try {
      const object = await ask(running, id, limit);
      idle = setTimeout(stop, idleMilliseconds);
      return object;
    } catch (error) {
      // What is left in the pipe belongs to nobody.
      stop();
      throw error;
    }
  }

  function stop(): void {
    if (batch !== undefined) killGroup(batch.child);
    batch = undefined;
  }

  return {
    async read(id, limit) {
      const answer = turn.then(() => readNow(id, limit));
      turn = answer.catch(() => undefined);
      return answer;
    },
  };
}

async function startBatch(environment: GitEnvironment, directory: string): Promise<Batch> {
  const child = spawn('git', ['cat-file', '--batch'], {
    cwd: directory,
    env: environment,
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  // A process that ends is noticed by its output's end; writing to it must not end ours.
  child.stdin.on('error', () => undefined);
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw cannotStart(error);
  }
  child.on('error', () => undefined);
  return { child, output: byteSource(child.stdout) };
}

async function ask(batch: Batch, id: string, limit: number): Promise<Uint8Array> {
  batch.child.stdin.write(`${id}\n`);
  const [, type, length] = (await batch.output.line()).split(' ');
  const size = Number(length);
  if (type === 'missing' || !Number.isSafeInteger(size)) throw missing(id);
  if (size > limit) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      `Object ${id} has ${size} bytes, which is more than ${limit}.`,
    );
  }
  const content = await batch.output.bytes(size + 1);
  return new Uint8Array(content.subarray(0, size));
}

interface ByteSource {
  /** Up to the next line break, which is taken too. */
  line(): Promise<string>;
  bytes(count: number): Promise<Buffer>;
}

/** Takes bytes from a stream as they are asked for; what nobody asked for stays in the pipe. */
function byteSource(stream: Readable): ByteSource {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);

  async function next(): Promise<Buffer> {
    const chunk = await chunks.next();
    if (chunk.done === true) throw ended();
    return chunk.value;
  }

  async function bytes(count: number): Promise<Buffer> {
    const parts = [rest];
    let size = rest.length;
    while (size < count) {
      const chunk = await next();
      parts.push(chunk);
      size += chunk.length;
    }
    const all = parts.length === 1 ? rest : Buffer.concat(parts);
    rest = all.subarray(count);
    return all.subarray(0, count);
  }

  return {
    bytes,
    async line() {
      while (!rest.includes('\n')) {
        if (rest.length > longestHeader) throw ended();
        rest = Buffer.concat([rest, await next()]);
      }
      const line = await bytes(rest.indexOf('\n') + 1);
      return line.toString('latin1', 0, line.length - 1);
    },
  };
}

function missing(id: string): MeshwrightError {
  return new MeshwrightError('COMMIT_MISSING', `Object ${id} is not in the mirror.`, {
    remedy: 'Fetch its commit again.',
  });
}

function ended(): MeshwrightError {
  return new MeshwrightError('INTERNAL', 'git cat-file ended before it had answered.');
}
