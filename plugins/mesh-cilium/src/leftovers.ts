import { z } from 'zod';
import type { KubernetesObject, Leftover } from '@meshwright/model';
import {
  type ClusterPort,
  isForeign,
  leftoversAmong,
  listMade,
  type MadeByMesh,
  ourManager,
} from '@meshwright/plugin-sdk';
import { detect } from './detect.ts';
import { certificateMaker, managerOf } from './managers.ts';
import { chart, systemNamespace } from './names.ts';

/** On the definitions that the operator makes when it starts (pkg/k8s/apis/cilium.io in cilium/cilium). */
const schemaVersion = 'io.cilium.k8s.crd.schema.version';

/** Kinds whose objects Cilium itself makes: what nodes, pods and identities are to it. All others hold what people wrote. */
const states: ReadonlySet<string> = new Set([
  'CiliumNode',
  'CiliumEndpoint',
  'CiliumEndpointSlice',
  'CiliumIdentity',
  'CiliumBGPNodeConfig',
]);

/** Locks of the operator, and of agents that announce addresses (operator/cmd, pkg/l2announcer in cilium/cilium). */
const lock = 'cilium-operator-resource-lock';
const announcement = 'cilium-l2announce';

/**
 * What Cilium made on the cluster by itself and no inventory holds; nothing where another's Cilium still needs it.
 * Definitions whose objects others wrote stay with those objects: a policy that has no effect can be read, a deleted one
 * cannot.
 */
export async function leftovers(cluster: ClusterPort): Promise<Leftover[]> {
  if ((await detect(cluster)).some(isForeign)) return [];
  const [objects, definitions] = await Promise.all([listMade(made, cluster), unusedDefinitions(cluster)]);
  return leftoversAmong([...objects, ...definitions], managerOf);
}

const made: readonly MadeByMesh[] = [
  {
    query: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: systemNamespace },
    isMade: ({ metadata: { name } }) => name === lock || name.startsWith(announcement),
  },
  {
    query: { apiVersion: 'v1', kind: 'Secret', namespace: systemNamespace },
    isMade: (secret) => managerOf(secret) === certificateMaker || isOfRelease(secret),
  },
];

/** Certificates that Helm made before the mesh was adopted: the pattern never applies them. */
function isOfRelease({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.['meta.helm.sh/release-name'] === chart;
}

const Definition = z.object({
  spec: z.object({
    group: z.string(),
    names: z.object({ kind: z.string() }),
    versions: z.array(z.object({ name: z.string(), served: z.boolean().default(true) })),
  }),
});

async function unusedDefinitions(cluster: ClusterPort): Promise<KubernetesObject[]> {
  const kind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  const found = await cluster.list({ ...kind, labelSelector: schemaVersion });
  const unused: KubernetesObject[] = [];
  for (const definition of found) {
    if (!(await isUsed(definition, cluster))) unused.push(definition);
  }
  return unused;
}

/** Whether somebody else wrote objects of this kind. Ours go before. */
async function isUsed(definition: KubernetesObject, cluster: ClusterPort): Promise<boolean> {
  const { group, names, versions } = Definition.parse(definition).spec;
  const version = versions.find(({ served }) => served);
  if (states.has(names.kind) || version === undefined) return false;
  const objects = await cluster.list({ apiVersion: `${group}/${version.name}`, kind: names.kind });
  return objects.some((object) => managerOf(object) !== ourManager);
}
