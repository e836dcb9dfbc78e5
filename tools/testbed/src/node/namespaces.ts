import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { MeshwrightError } from '@meshwright/model';

import type { ProcessGroup } from '../processes/process-group.ts';
import { waitFor } from '../wait.ts';
import { run } from './command.ts';
import { KERNEL_SETTINGS } from './kubernetes.ts';
import type { NodePaths } from './paths.ts';

/**
 * Directories of the host over which the node sees empty ones of its own in memory, because containerd, kubelet and
 * the CNI plugins keep things there that no setting can move.
 */
export const MASKED_DIRECTORIES = ['/run', '/var/log'] as const;
/** Seen by the node as it is, with changes that stay in memory: the CNI library's cache has its fixed place here. */
const COPIED_DIRECTORY = '/var/lib';

/**
 * Starts the init process of a node: the first process in network, mount and PID namespaces of their own. Whatever is
 * made inside ends with it, whoever kills it: processes, mounts, devices, routes and rules. Its command line carries
 * the node's directory, by which it is found again.
 *
 * @returns the init's process id on the host.
 * @throws MeshwrightError `NOT_READY` with the kernel's complaint when it refuses the namespaces.
 */
export async function startNamespaces(
  paths: NodePaths,
  pause: string,
  processes: ProcessGroup,
): Promise<number> {
  const namespaces = [
    '--net',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    '--propagation',
    'private',
  ];
  await processes.start({
    name: 'node-init',
    command: 'unshare',
    args: [...namespaces, pause, paths.directory],
    ready: async () => ((await findInit(paths.directory)) === undefined ? 'no init yet' : undefined),
    readyWithinSeconds: 10,
  });
  const init = await findInit(paths.directory);
  if (init === undefined) throw new MeshwrightError('INTERNAL', 'the init of the node ended at once');
  await prepareMounts(init, paths);
  return init;
}

/** The process id of the node's init, or undefined when no node of this directory runs. */
export async function findInit(directory: string): Promise<number | undefined> {
  const wanted = resolve(directory);
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const commandLine = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    const [program = '', argument, ...rest] = commandLine.split('\0');
    if (basename(program) === 'pause' && argument === wanted && rest.length === 1) return Number(entry);
  }
  return undefined;
}

/** Ends the node's init, and with it everything inside, and waits for it. False when there was none. */
export async function endNamespaces(directory: string): Promise<boolean> {
  const init = await findInit(directory);
  if (init === undefined) return false;
  process.kill(init, 'SIGKILL');
  await waitFor(
    async () =>
      (await findInit(directory)) === undefined ? undefined : `process ${String(init)} is still there`,
    { what: 'the end of the node', seconds: 30, intervalMilliseconds: 20 },
  );
  return true;
}

/** The argument list that runs a program inside the node. */
export function inside(init: number, argv: readonly string[]): [string, string[]] {
  return ['nsenter', ['--target', String(init), '--net', '--mount', '--pid', '--', ...argv]];
}

/** Runs a program inside the node to its end. */
export function runInside(init: number, argv: readonly string[]): Promise<string> {
  return run(...inside(init, argv));
}

/**
 * Mounts that only the node sees. Shared among themselves, as pods with mount propagation need. kubelet writes kernel
 * settings when they differ from what it wants: it is shown files that do not differ, so that the machine's stay.
 */
async function prepareMounts(init: number, paths: NodePaths): Promise<void> {
  const mount = (...args: string[]): Promise<string> => runInside(init, ['mount', ...args]);
  await mount('--make-rshared', '/');
  for (const directory of MASKED_DIRECTORIES)
    await mount('-t', 'tmpfs', '-o', 'mode=755', 'testbed', directory);
  await runInside(init, ['mkdir', '/run/node', '/run/upper', '/run/work']);
  await mount('--bind', paths.directory, '/run/node');
  const layers = `lowerdir=${COPIED_DIRECTORY},upperdir=/run/upper,workdir=/run/work`;
  await mount('-t', 'overlay', '-o', layers, 'testbed', COPIED_DIRECTORY);
  if (paths.directory.startsWith(`${COPIED_DIRECTORY}/`)) await mount('--bind', '/run/node', paths.directory);
  for (const setting of Object.keys(KERNEL_SETTINGS)) {
    await mount('--bind', kernelSettingFile(paths, setting), `/proc/sys/${setting}`);
  }
}

/** The file that stands for a kernel setting inside the node. */
export function kernelSettingFile(paths: NodePaths, setting: string): string {
  return join(paths.kernelSettings, setting.replaceAll('/', '.'));
}
