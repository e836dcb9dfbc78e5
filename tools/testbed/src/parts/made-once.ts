import { randomBytes } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { isMissing } from '../files.ts';
import { withLock } from '../locking.ts';
import type { PartContext } from './context.ts';

const LOCK_SECONDS = 600;

/**
 * The directory `<cache>/<kind>/<name>`, filled by `fill` when it is not there: once, whole or not at all, whoever else
 * wants it at the same time. `name` says what is in it, with its version and layout: what is there is never looked at again.
 *
 * @throws MeshwrightError `NOT_READY` when another process fills it for more than ten minutes, and what `fill` throws.
 */
export async function madeOnce(
  { kind, name }: { kind: string; name: string },
  context: PartContext,
  fill: (directory: string) => Promise<void>,
): Promise<string> {
  const parent = join(context.cache, kind);
  const directory = join(parent, name);
  if (await exists(directory)) return directory;
  await mkdir(parent, { recursive: true });
  const lock = { seconds: LOCK_SECONDS, ...(context.signal ? { signal: context.signal } : {}) };
  return withLock(join(parent, '.lock'), lock, async () => {
    if (await exists(directory)) return directory;
    const temporary = join(parent, `.${randomBytes(6).toString('hex')}.tmp`);
    try {
      await mkdir(temporary);
      await fill(temporary);
      await rename(temporary, directory);
      return directory;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
