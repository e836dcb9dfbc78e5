import { access, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where the control group hierarchies are mounted: one for each controller in version 1, one for all in version 2. */
export async function cgroupHierarchies(): Promise<string[]> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  return parseHierarchies(mounts);
}

/** The mount points of type cgroup and cgroup2 in the text of /proc/mounts. */
export function parseHierarchies(mounts: string): string[] {
  const points: string[] = [];
  for (const line of mounts.split('\n')) {
    const [, point = '', type] = line.split(' ');
    if (type === 'cgroup' || type === 'cgroup2') points.push(point);
  }
  return points;
}

/**
 * Makes the group in every hierarchy. In version 2 its parents first hand their controllers down; that was written after
 * the kernel's documentation (admin-guide/cgroup-v2) and has not been tried on such a machine yet.
 */
export async function createCgroup(cgroup: string): Promise<void> {
  for (const hierarchy of await cgroupHierarchies()) {
    const path = join(hierarchy, cgroup);
    await mkdir(path, { recursive: true });
    await delegateControllers(hierarchy, path);
  }
}

async function delegateControllers(hierarchy: string, path: string): Promise<void> {
  if (!(await exists(join(hierarchy, 'cgroup.controllers')))) return;
  const controllers = (await readFile(join(hierarchy, 'cgroup.controllers'), 'utf8'))
    .split(/\s+/)
    .filter(Boolean);
  const chain: string[] = [];
  for (let group = path; group.startsWith(hierarchy); group = dirname(group)) chain.unshift(group);
  for (const group of chain) {
    for (const controller of controllers) {
      // A controller that a version 1 hierarchy or a busy root holds cannot be handed down; runc then does without it.
      await writeFile(join(group, 'cgroup.subtree_control'), `+${controller}`).catch(() => undefined);
    }
  }
}

/** Removes the group and all below it, which must hold no process, and the parent if nothing else is in it. */
export async function removeCgroup(cgroup: string): Promise<void> {
  for (const hierarchy of await cgroupHierarchies()) {
    const path = join(hierarchy, cgroup);
    await removeTree(path);
    await rmdir(dirname(path)).catch(() => undefined);
  }
}

async function removeTree(path: string): Promise<void> {
  if (!(await exists(path))) return;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeTree(join(path, entry.name));
  }
  await rmdir(path);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
