import { readFile, writeFile } from 'node:fs/promises';

import { MeshwrightError } from '@meshwright/model';

import { run } from './command.ts';
import { runInside } from './namespaces.ts';
import { freeSlots, SLOTS, type NodeNetwork } from './network.ts';
import type { NodePaths } from './paths.ts';

/**
 * Joins the node to the host by a pair of devices and routes the node's addresses to it. The host's end lies in the
 * first free slot; making the device claims the slot, so two testbeds that start together do not get the same one.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` when every slot is taken.
 */
export async function linkNode(init: number, paths: NodePaths): Promise<NodeNetwork> {
  const network = await claimSlot(init);
  const { device, hostAddress, nodeAddress } = network;
  await writeFile(paths.network, JSON.stringify(network));
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

/** The addresses of a node that runs. */
export async function readNetwork(paths: NodePaths): Promise<NodeNetwork> {
  return JSON.parse(await readFile(paths.network, 'utf8')) as NodeNetwork;
}

async function claimSlot(init: number): Promise<NodeNetwork> {
  const routes = JSON.parse(await run('ip', ['-j', '-4', 'route'])) as { dst: string }[];
  for (const network of freeSlots(routes)) {
    const claimed = await run('ip', [
      ...['link', 'add', network.device, 'type', 'veth'],
      ...['peer', 'name', 'eth0', 'netns', String(init)],
    ]).then(
      () => true,
      () => false,
    );
    if (claimed) return network;
  }
  throw new MeshwrightError(
    'PREREQUISITE_MISSING',
    `all ${String(SLOTS)} address ranges for nodes are in use`,
    {
      remedy: 'stop testbeds that are not needed; a range counts as used when a route leads into it',
    },
  );
}
