import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { MeshwrightError, messageOf } from '@meshwright/model';
import type { Host } from './host.ts';

/**
 * The bytes of a file that an argument names; `-` is standard input.
 * @throws MeshwrightError INVALID_INPUT when it cannot be read, or has more than so many bytes.
 */
export async function readInput(host: Host, file: string, mostBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of file === '-' ? host.stdin() : openFile(host, file)) {
      size += chunk.length;
      if (size > mostBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    const message = `${file} cannot be read: ${messageOf(error)}`;
    throw new MeshwrightError('INVALID_INPUT', message, {}, { cause: error });
  }
  if (size > mostBytes) {
    throw new MeshwrightError('INVALID_INPUT', `${file} is larger than ${mostBytes / 1024} KiB.`);
  }
  return Buffer.concat(chunks);
}

function openFile({ cwd }: Host, file: string): AsyncIterable<Uint8Array> {
  return createReadStream(resolve(cwd, file)) as AsyncIterable<Uint8Array>;
}
