import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { isMissing } from '../files.ts';
import { lastLines } from './log-file.ts';

export interface FollowOptions {
  readonly lines: number;
  readonly follow: boolean;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

const LOOK_INTERVAL_MS = 250;
const CHUNK_BYTES = 64 * 1024;

/** Prints the last lines of a log, and what comes after them until it is aborted. False when there is no such log. */
export async function followLog(path: string, options: FollowOptions): Promise<boolean> {
  const file = await openIfPresent(path);
  if (file === undefined) return false;
  try {
    let { size: position } = await file.stat();
    for (const line of await lastLines(path, options.lines)) options.print(line);
    let rest = '';
    while (options.follow && !options.signal.aborted) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, position);
      position += bytesRead;
      const lines = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.print(line);
      if (bytesRead === 0)
        await delay(LOOK_INTERVAL_MS, undefined, { signal: options.signal }).catch(() => undefined);
    }
    return true;
  } finally {
    await file.close();
  }
}

async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
