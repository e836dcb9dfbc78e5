import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

import { cgroupHierarchies } from './cgroup.ts';
import { run } from './command.ts';
import { KERNEL_SETTINGS } from './kubernetes.ts';

/**
 * What a node could leave on a machine, one line for each thing: mounts, network devices, routes, network namespaces,
 * tables of the packet filter, control groups, processes in PID namespaces of their own, and changed kernel settings.
 * Looked at before and after, it shows what a stop forgot.
 */
export async function machineInventory(): Promise<Set<string>> {
  const parts = await Promise.all([
    linesOf('mount', readFile('/proc/self/mounts', 'utf8')),
    linesOf('link', run('ip', ['-brief', 'link'])),
    linesOf('route', run('ip', ['route', 'show', 'table', 'all'])),
    linesOf('network namespace', run('ip', ['netns', 'list'])),
    linesOf('packet filter', run('nft', ['list', 'tables'])),
    cgroups(),
    containedProcesses(),
    kernelSettings(),
  ]);
  return new Set(parts.flat());
}

async function linesOf(kind: string, text: Promise<string>): Promise<string[]> {
  const lines = (await text).split('\n').filter((line) => line !== '');
  return lines.map((line) => `${kind} ${line}`);
}

async function cgroups(): Promise<string[]> {
  const found: string[] = [];
  for (const hierarchy of await cgroupHierarchies()) {
    for (const entry of await readdir(hierarchy, { recursive: true, withFileTypes: true })) {
      if (entry.isDirectory()) found.push(`control group ${join(entry.parentPath, entry.name)}`);
    }
  }
  return found;
}

async function containedProcesses(): Promise<string[]> {
  const own = await readlink('/proc/self/ns/pid');
  const found: string[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const namespace = await readlink(`/proc/${entry}/ns/pid`).catch(() => own);
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (namespace !== own) found.push(`process ${entry} ${command.replaceAll('\0', ' ')}`);
  }
  return found;
}

async function kernelSettings(): Promise<string[]> {
  const names = [...Object.keys(KERNEL_SETTINGS), 'net/ipv4/ip_forward'];
  return Promise.all(
    names.map(async (name) => `setting ${name} ${(await readFile(`/proc/sys/${name}`, 'utf8')).trim()}`),
  );
}
