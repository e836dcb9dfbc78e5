import { writeFile } from 'node:fs/promises';

import { MeshwrightError, messageOf } from '@meshwright/model';

import { readFileIfPresent } from '../files.ts';
import { run } from './command.ts';
import { runInside } from './namespaces.ts';
import { freeSlots, networkOfSlot, SLOTS, type NodeNetwork } from './network.ts';
import type { NodePaths } from './paths.ts';

/**
 * Joins the node to the host by a pair of devices and routes the node's addresses to it. They are those of its last
 * run, or else of the first free slot; making the device claims the slot, so two testbeds that start together do not
 * get the same one.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` when every slot is taken, or the one of the last run is.
 */
export async function linkNode(init: number, paths: NodePaths): Promise<NodeNetwork> {
  const network = await claimSlot(init, await readNetwork(paths));
  const { device, hostAddress, nodeAddress } = network;
  await writeFile(paths.network, JSON.stringify({ slot: network.slot }));
  await run('ip', ['address', 'add', `${hostAddress}/30`, 'dev', device]);
  await run('ip', ['link', 'set', device, 'up']);
  await run('ip', ['route', 'add', network.cidr, 'via', nodeAddress, 'dev', device]);
  await runInside(init, ['ip', 'link', 'set', 'lo', 'up']);
  await runInside(init, ['ip', 'address', 'add', `${nodeAddress}/30`, 'dev', 'eth0']);
  await runInside(init, ['ip', 'link', 'set', 'eth0', 'up']);
  await runInside(init, ['ip', 'route', 'add', 'default', 'via', hostAddress]);
  // Of the node's namespace alone: the host forwards nothing for its pods.
  await runInside(init, ['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
  return network;
}

/** The addresses of a node that runs or ran. */
export async function readNetwork(paths: NodePaths): Promise<NodeNetwork | undefined> {
  const text = await readFileIfPresent(paths.network);
  return text === undefined ? undefined : networkOfSlot((JSON.parse(text) as { slot: number }).slot);
}

async function claimSlot(init: number, last: NodeNetwork | undefined): Promise<NodeNetwork> {
  const routes = JSON.parse(await run('ip', ['-j', '-4', 'route'])) as { dst: string }[];
  const free = freeSlots(routes).filter((network) => last === undefined || network.slot === last.slot);
  for (const network of free) {
    if (await claimDevice(init, network.device)) return network;
  }
  if (last !== undefined) {
    throw new MeshwrightError(
      'PREREQUISITE_MISSING',
      `${last.cidr}, this cluster's address range, is in use`,
      {
        remedy: 'stop the other testbed that uses it, or remove the data of this one',
      },
    );
  }
  throw new MeshwrightError('PREREQUISITE_MISSING', `all ${SLOTS} address ranges for nodes are in use`, {
    remedy: 'stop testbeds that are not needed; a range counts as used when a route leads into it',
  });
}

async function claimDevice(init: number, device: string): Promise<boolean> {
  const peer = ['peer', 'name', 'eth0', 'netns', String(init)];
  try {
    await run('ip', ['link', 'add', device, 'type', 'veth', ...peer]);
    return true;
  } catch (error) {
    if (messageOf(error).includes('File exists')) return false;
    throw error;
  }
}
