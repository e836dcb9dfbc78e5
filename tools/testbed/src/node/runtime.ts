import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { messageOf } from '@meshwright/model';

import { imageArchive, PAUSE_IMAGE, type ImageDefinition } from '../images/index.ts';
import type { ProcessGroup } from '../processes/process-group.ts';
import { mayLowerOomScore } from './capability.ts';
import { run } from './command.ts';
import { containerdConfig } from './containerd.ts';
import type { NodeHousing } from './housing.ts';
import { inside, runInside } from './namespaces.ts';

/** The containerd namespace that kubelet sees. */
const IMAGE_NAMESPACE = 'k8s.io';
const IMPORT_SECONDS = 300;

/** The machine's own programs for running containers. runc and containerd's shim are found on the PATH. */
export interface RuntimePrograms {
  readonly containerd: string;
  readonly ctr: string;
  /** The directory of the CNI plugins. */
  readonly cniPlugins: string;
}

/** Starts containerd inside the node, or leaves the one that runs. */
export async function startContainerd(
  housing: NodeHousing,
  programs: RuntimePrograms,
  processes: ProcessGroup,
): Promise<void> {
  const { init, paths } = housing;
  const settings = {
    sandboxImage: PAUSE_IMAGE,
    cniPlugins: programs.cniPlugins,
    snapshotter: await usableSnapshotter(housing),
    restrictOomScore: !(await mayLowerOomScore()),
  };
  await writeFile(paths.containerdConfig, containerdConfig(paths, settings));
  const [command, args] = inside(init, [programs.containerd, '--config', paths.containerdConfig]);
  await processes.start({
    name: 'containerd',
    command,
    args,
    // containerd makes its mounts for unpacking below TMPDIR.
    environment: { TMPDIR: paths.temporary },
    ready: () => containerdAnswers(programs.ctr, paths.containerdSocket),
  });
}

/** Puts the images where kubelet finds them; archives that are not in the cache are written first. */
export async function importImages(
  socket: string,
  ctr: string,
  images: readonly ImageDefinition[],
  cacheDirectory: string,
): Promise<void> {
  await Promise.all(
    images.map(async (image) => {
      const archive = await imageArchive(image, cacheDirectory);
      const importing = ['images', 'import', archive];
      await run(ctr, ['--address', socket, '--namespace', IMAGE_NAMESPACE, ...importing], IMPORT_SECONDS);
    }),
  );
}

async function containerdAnswers(ctr: string, socket: string): Promise<string | undefined> {
  return run(ctr, ['--address', socket, 'version']).then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
}

/**
 * An overlay cannot lie on another overlay, as in a container: there containerd copies files instead. Only `overlayfs`
 * has been tried.
 */
async function usableSnapshotter({ init, paths }: NodeHousing): Promise<'overlayfs' | 'native'> {
  const place = await mkdtemp(join(paths.temporary, 'overlay-'));
  const layers = ['lower', 'upper', 'work', 'merged'].map((name) => join(place, name));
  const [lower = '', upper = '', work = '', merged = ''] = layers;
  try {
    await runInside(init, ['mkdir', ...layers]);
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    await runInside(init, ['mount', '-t', 'overlay', '-o', options, 'probe', merged]);
    await runInside(init, ['umount', merged]);
    return 'overlayfs';
  } catch {
    return 'native';
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
