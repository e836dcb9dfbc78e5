import { plural } from '@meshwright/model';
import { z } from 'zod';
import {
  isLive,
  Pod,
  type PluginContext,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { systemNamespace } from '../names.ts';

const Placed = z.object({ spec: z.object({ nodeName: z.string().default('') }) });

/** Every node with an agent has announced itself to the others, by a CiliumNode of its name. */
export async function checkNodes(_change: VerifyChange, { cluster }: PluginContext): Promise<Verification> {
  const agents = { apiVersion: 'v1', kind: 'Pod', namespace: systemNamespace };
  const [pods, announced] = await Promise.all([
    cluster.list({ ...agents, labelSelector: 'k8s-app=cilium' }),
    cluster.list({ apiVersion: 'cilium.io/v2', kind: 'CiliumNode' }),
  ]);
  const nodes = pods
    .filter((object) => isLive(Pod.parse(object)))
    .map((object) => Placed.parse(object).spec.nodeName);
  const known = new Set(announced.map(({ metadata }) => metadata.name));
  const silent = [...new Set(nodes)].filter((name) => name !== '' && !known.has(name)).sort();
  return waitingFor(
    silent.map((name) => `node ${name} has no CiliumNode: its agent has not announced it`),
    `${plural(known.size, 'node is', 'nodes are')} announced`,
  );
}
