import { open } from 'node:fs/promises';

import { isMissing } from '../files.ts';

const TAIL_BYTES = 64 * 1024;

/** The last lines of a log file, of at most its last 64 KiB; none when there is no such file. */
export async function lastLines(path: string, count: number): Promise<string[]> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const length = Math.min(size, TAIL_BYTES);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
      const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
      if (lines.at(-1) === '') lines.pop();
      return lines.slice(-count);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
