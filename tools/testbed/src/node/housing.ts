import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { MeshwrightError } from '@meshwright/model';

import type { ProcessGroup } from '../processes/process-group.ts';
import { waitFor } from '../wait.ts';
import { createCgroup, removeCgroup } from './cgroup.ts';
import { cniConfig } from './containerd.ts';
import { KERNEL_SETTINGS } from './kubernetes.ts';
import { linkNode, readNetwork } from './link.ts';
import {
  endNamespaces,
  findInit,
  kernelSettingFile,
  MASKED_DIRECTORIES,
  startNamespaces,
} from './namespaces.ts';
import type { NodeNetwork } from './network.ts';
import { nodePaths, type NodePaths } from './paths.ts';

/** A socket's path has at most 107 characters (unix(7)), and kubelet's longest name in here has 35. */
const LONGEST_DIRECTORY = 72;

/** A node's namespaces with its addresses; nothing of Kubernetes runs in it yet. */
export interface NodeHousing {
  /** Process id of the node's init on the host. */
  readonly init: number;
  readonly network: NodeNetwork;
  readonly paths: NodePaths;
}

/**
 * Makes the housing of a node in `directory`, or gives the one that runs there.
 *
 * @param pause path of the static `pause` binary, which serves as the node's init.
 * @param processes keeps the record and the log of the init.
 */
export async function openHousing(
  directory: string,
  pause: string,
  processes: ProcessGroup,
): Promise<NodeHousing> {
  const paths = nodePaths(directory);
  refuseDirectory(paths.directory);
  const running = await findInit(paths.directory);
  const known = await readNetwork(paths);
  if (running !== undefined && known !== undefined && (await exists(paths.complete))) {
    return { init: running, network: known, paths };
  }
  await closeHousing(directory);
  await writeFiles(paths);
  await createCgroup(paths.cgroup);
  const init = await startNamespaces(paths, pause, processes);
  const network = await linkNode(init, paths);
  await writeFile(join(paths.cniConfig, '10-testbed.conflist'), cniConfig(paths, network));
  await writeFile(paths.complete, '');
  return { init, network, paths };
}

/**
 * Ends whatever runs in the housing and removes what it left on the host: the link, control groups and files. Needs
 * nothing but the directory, so it also cleans up after a testbed that was killed. Only the note of the addresses
 * stays, for a later start.
 */
export async function closeHousing(directory: string): Promise<void> {
  const paths = nodePaths(directory);
  if (await endNamespaces(paths.directory)) await linkGone(paths);
  await removeCgroup(paths.cgroup);
  await rm(paths.directory, { recursive: true, force: true });
}

/** The kernel takes a network namespace apart after its last process; the host's end of the link goes with it. */
async function linkGone(paths: NodePaths): Promise<void> {
  const network = await readNetwork(paths);
  if (network === undefined) return;
  const device = `/sys/class/net/${network.device}`;
  await waitFor(async () => ((await exists(device)) ? `${device} is still there` : undefined), {
    what: 'the end of the link to the node',
    seconds: 20,
    intervalMilliseconds: 20,
  });
}

async function writeFiles(paths: NodePaths): Promise<void> {
  const directories = [paths.logs, paths.temporary, paths.cniConfig, paths.cniAddresses, paths.kubeletRoot];
  for (const directory of [...directories, paths.kernelSettings]) await mkdir(directory, { recursive: true });
  for (const [setting, value] of Object.entries(KERNEL_SETTINGS)) {
    await writeFile(kernelSettingFile(paths, setting), `${value}\n`);
  }
  await writeFile(paths.resolvConf, '');
}

function refuseDirectory(directory: string): void {
  const remedy = 'choose a shorter state directory elsewhere, for example below /var/tmp';
  if (directory.length > LONGEST_DIRECTORY) {
    throw new MeshwrightError('INVALID_INPUT', `${directory} is too long for the sockets of a node`, {
      remedy,
    });
  }
  for (const masked of MASKED_DIRECTORIES) {
    if (!directory.startsWith(`${masked}/`)) continue;
    throw new MeshwrightError(
      'INVALID_INPUT',
      `a node in ${directory} would not see it: it has a ${masked} of its own`,
      {
        remedy,
      },
    );
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
