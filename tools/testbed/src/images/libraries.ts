import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { HostFile } from './image.ts';

const run = promisify(execFile);

/**
 * The shared libraries and the loader that dynamically linked host binaries need, each at the path where the loader
 * looks for it. `ldd` names them; the vDSO is the kernel's and has no file.
 *
 * @throws when `ldd` does not know a binary, or a library is missing on the host.
 */
export async function sharedLibraries(binaries: readonly string[]): Promise<HostFile[]> {
  const libraries = new Map<string, HostFile>();
  for (const binary of binaries) {
    const { stdout } = await run('ldd', [binary]);
    for (const path of parseLdd(stdout)) libraries.set(path, { kind: 'file', path, source: path });
  }
  return [...libraries.values()];
}

/**
 * The absolute paths in the output of `ldd`.
 *
 * @throws when a library was not found.
 */
export function parseLdd(output: string): string[] {
  const paths: string[] = [];
  for (const line of output.split('\n')) {
    if (line.includes('not found')) throw new Error(`ldd: ${line.trim()}`);
    const path = /(?:=>\s+|^\s*)(\/\S+)/.exec(line)?.[1];
    if (path !== undefined && !line.trimEnd().endsWith(':')) paths.push(path);
  }
  return paths;
}
