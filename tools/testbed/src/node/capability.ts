import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';

import { messageOf } from '@meshwright/model';

import { cgroupHierarchies } from './cgroup.ts';
import { run } from './command.ts';

/** Whether this machine can run a node, and if not, why. */
export type NodeCapability =
  { readonly possible: true } | { readonly possible: false; readonly reason: string };

const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--mount-proc'] as const;
const NEEDED_CAPABILITIES = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21 } as const;
const CAP_SYS_RESOURCE = 24;

/**
 * Looks at the machine and changes nothing. Programs that are missing are no obstacle: starting a node gets them, or
 * says which could not be had.
 */
export async function canRunNode(): Promise<NodeCapability> {
  const reason = await obstacle();
  return reason === undefined ? { possible: true } : { possible: false, reason };
}

async function obstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'a node needs Linux';
  if (process.getuid?.() !== 0) return 'a node needs root';
  const effective = await effectiveCapabilities();
  for (const [name, bit] of Object.entries(NEEDED_CAPABILITIES)) {
    if (!hasCapability(effective, bit)) return `this process lacks ${name}`;
  }
  return (await cgroupObstacle()) ?? (await namespaceObstacle());
}

async function cgroupObstacle(): Promise<string | undefined> {
  const hierarchies = await cgroupHierarchies();
  if (hierarchies.length === 0) return 'no control group hierarchy is mounted';
  for (const hierarchy of hierarchies) {
    const writable = await access(hierarchy, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!writable) return `the control groups in ${hierarchy} are read-only`;
  }
  return undefined;
}

async function namespaceObstacle(): Promise<string | undefined> {
  try {
    await run('unshare', [...NAMESPACES, 'mount', '-t', 'tmpfs', 'testbed', '/run']);
    return undefined;
  } catch (error) {
    return `namespaces cannot be made: ${messageOf(error)}`;
  }
}

/** Whether runc may lower `oom_score_adj` here. */
export async function mayLowerOomScore(): Promise<boolean> {
  return hasCapability(await effectiveCapabilities(), CAP_SYS_RESOURCE);
}

async function effectiveCapabilities(): Promise<bigint> {
  const status = await readFile('/proc/self/status', 'utf8');
  return BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
}

function hasCapability(mask: bigint, bit: number): boolean {
  return ((mask >> BigInt(bit)) & 1n) === 1n;
}
