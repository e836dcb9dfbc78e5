import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { withLock } from './locking.ts';
import { scratchDirectory } from './test-support/scratch.ts';

describe('a lock', () => {
  it('lets one task at a time run', async () => {
    const lock = join(await scratchDirectory(), 'lock');
    let inside = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(lock, { seconds: 30 }, task)));
    expect(most).toBe(1);
  });

  it('is free again after a task that failed', async () => {
    const lock = join(await scratchDirectory(), 'lock');
    await expect(withLock(lock, { seconds: 1 }, () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
    expect(await withLock(lock, { seconds: 1 }, () => Promise.resolve('got it'))).toBe('got it');
  });

  it('says so when it is not free in time', async () => {
    const lock = join(await scratchDirectory(), 'lock');
    await withLock(lock, { seconds: 1 }, async () => {
      const second = withLock(lock, { seconds: 0 }, () => Promise.resolve());
      await expect(second).rejects.toMatchObject({ code: 'NOT_READY' });
    });
  });

  it('is held against other processes, and free when its holder was killed', async () => {
    const lock = join(await scratchDirectory(), 'lock');
    const script = `
      import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'locking.ts'))};
      await withLock(${JSON.stringify(lock)}, { seconds: 5 }, () => {
        console.log('held');
        // Something has to hold on to the promise: one that nobody can settle is collected, and the lock with it.
        return new Promise((resolve) => setInterval(() => globalThis.never && resolve(), 1000));
      });`;
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    await expect(withLock(lock, { seconds: 0 }, () => Promise.resolve())).rejects.toMatchObject({
      code: 'NOT_READY',
    });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await withLock(lock, { seconds: 5 }, () => Promise.resolve('free'))).toBe('free');
  });
});
