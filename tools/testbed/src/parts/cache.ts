import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { isMissing } from '../files.ts';
import { withLock } from '../locking.ts';
import type { PartContext } from './context.ts';
import type { Part } from './part.ts';

const LOCK_SECONDS = 90 * 60;

/** Where a part is kept: `<cache>/<part>/<version>/<program>`. */
export function cachedPath(part: Part, cache: string): string {
  return join(cache, part.name, part.version, part.name);
}

/** True when there is a file that may be executed. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    return found.isFile() && (found.mode & 0o111) !== 0;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Puts a part into the cache: `make` writes it to a temporary path beside its place, and it is moved there whole. A second
 * process that wants the same part waits for the first and takes what that one made.
 */
export async function putIntoCache(
  part: Part,
  context: PartContext,
  make: (temporary: string) => Promise<void>,
): Promise<string> {
  const target = cachedPath(part, context.cache);
  const directory = join(context.cache, part.name, part.version);
  await mkdir(directory, { recursive: true });
  const lock = join(directory, '.lock');
  const onWait = (): void => context.progress.note(`waiting for another process that gets ${part.name}`);
  return withLock(
    lock,
    { seconds: LOCK_SECONDS, onWait, ...(context.signal ? { signal: context.signal } : {}) },
    async () => {
      if (await isExecutable(target)) return target;
      const temporary = join(directory, `.${part.name}.${randomBytes(6).toString('hex')}.tmp`);
      try {
        await make(temporary);
        await chmod(temporary, 0o755);
        await rename(temporary, target);
        return target;
      } finally {
        await rm(temporary, { force: true });
      }
    },
  );
}
