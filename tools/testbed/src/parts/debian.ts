import { readFileIfPresent } from '../files.ts';
import { execute } from '../processes/execute.ts';
import { MeshwrightError } from '@meshwright/model';
import type { PartContext } from './context.ts';
import type { Part } from './part.ts';

const APT_SECONDS = 600;

/**
 * Installs the Debian package of a part, after saying so.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` when it may not or cannot be installed here, with the command for it.
 */
export async function installDebianPackage(part: Part, context: PartContext): Promise<void> {
  const name = part.debian?.package ?? part.name;
  const remedy = `Install it: sudo apt-get install --no-install-recommends ${name} (or what your distribution calls it).`;
  const refuse = (why: string): never => {
    throw new MeshwrightError(
      'PREREQUISITE_MISSING',
      `${part.name} (${part.purpose}) is missing and ${why}`,
      { remedy },
    );
  };
  if (!context.install) refuse('--no-install forbids installing it');
  if (!(await isDebian())) refuse('this is not Debian or a relative of it');
  if (process.getuid?.() !== 0) refuse('only root can install it');
  context.progress.note(`installing the Debian package ${name} for ${part.name} (${part.purpose})`);
  const task = context.progress.begin(`apt-get install ${name}`);
  try {
    await aptGet(['install', '--yes', '--no-install-recommends', name], context).catch(async () => {
      context.signal?.throwIfAborted();
      await aptGet(['update'], context);
      await aptGet(['install', '--yes', '--no-install-recommends', name], context);
    });
    task.succeed();
  } catch (error) {
    task.fail('failed');
    throw error;
  }
}

function aptGet(args: readonly string[], { signal }: PartContext): Promise<string> {
  return execute('apt-get', args, {
    seconds: APT_SECONDS,
    signal,
    environment: { DEBIAN_FRONTEND: 'noninteractive' },
  });
}

async function isDebian(): Promise<boolean> {
  const release = (await readFileIfPresent('/etc/os-release')) ?? '';
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}
