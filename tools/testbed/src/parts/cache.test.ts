import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { examplePart, testContext } from '../test-support/parts.ts';
import { scratchDirectory } from '../test-support/scratch.ts';
import { cachedPath, isExecutable, putIntoCache } from './cache.ts';

describe('the cache of parts', () => {
  it('keeps a part under its name and version, executable', async () => {
    const cache = await scratchDirectory();
    const path = await putIntoCache(examplePart, testContext(cache), (to) => writeFile(to, 'program'));
    expect(path).toBe(join(cache, 'example', '1.2.3', 'example'));
    expect(await isExecutable(path)).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(0o755);
  });

  it('makes a part once when several want it at the same time', async () => {
    const cache = await scratchDirectory();
    let made = 0;
    const make = async (to: string): Promise<void> => {
      made += 1;
      await writeFile(to, `maker ${made}`);
    };
    const wanted = Array.from({ length: 4 }, () => putIntoCache(examplePart, testContext(cache), make));
    const paths = await Promise.all(wanted);
    expect(new Set(paths).size).toBe(1);
    expect(made).toBe(1);
  });

  it('shows nothing of a part while it is being made', async () => {
    const cache = await scratchDirectory();
    const target = cachedPath(examplePart, cache);
    await putIntoCache(examplePart, testContext(cache), async (to) => {
      await writeFile(to, 'half');
      expect(await isExecutable(target)).toBe(false);
      await writeFile(to, 'whole');
    });
    expect(await readFile(target, 'utf8')).toBe('whole');
  });

  it('leaves nothing of a part whose making failed, and makes it anew', async () => {
    const cache = await scratchDirectory();
    const failing = putIntoCache(examplePart, testContext(cache), async (to) => {
      await writeFile(to, 'half');
      throw new Error('no space left');
    });
    await expect(failing).rejects.toThrow('no space left');
    expect(await readdir(join(cache, 'example', '1.2.3'))).toEqual(['.lock']);
    const path = await putIntoCache(examplePart, testContext(cache), (to) => writeFile(to, 'whole'));
    expect(await readFile(path, 'utf8')).toBe('whole');
  });
});
