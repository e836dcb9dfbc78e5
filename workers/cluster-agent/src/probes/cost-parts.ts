import { type ClusterClient, containerKey } from '@meshwright/cluster';
import type { CostScope, KubernetesObject, LoadEndpoint, Probe } from '@meshwright/model';
import type { ContainerMatch, PluginRegistry } from '@meshwright/plugin-sdk';

/** A container and the node that it runs on. */
export interface CostPart {
  node: string;
  /** As the kubelet's figures are found by. */
  key: string;
}

/** The parts whose use is a trial's cost. */
export interface CostParts {
  proxies: CostPart[];
  controlPlane: CostPart[];
  /** Those of the pods that the requests go through. */
  nodes: string[];
}

/** What is asked for: the way of the requests, and what the workflow knows of it. */
export interface CostWish {
  probe: Probe;
  endpoint: LoadEndpoint;
  scope: CostScope;
}

interface Pod extends KubernetesObject {
  spec?: { nodeName?: string; containers?: Named[]; initContainers?: Named[] };
}

interface Named {
  name: string;
}

/** Finds the parts on the cluster as it is now. @throws MeshwrightError UNKNOWN_PLUGIN for a mesh that nobody knows. */
export async function findCostParts(
  cluster: ClusterClient,
  registry: PluginRegistry,
  { probe, endpoint, scope }: CostWish,
): Promise<CostParts> {
  const pods = podsOf(cluster);
  const namespaces = scope.namespaces ?? namespacesOf(probe, endpoint);
  const own = (await Promise.all(namespaces.map((namespace) => pods(namespace)))).flat();
  const nodes = [...new Set(own.flatMap(({ spec }) => spec?.nodeName ?? []))].sort();
  const parts: CostParts = { proxies: [], controlPlane: [], nodes };
  const meshes = scope.mesh === undefined ? registry.ids : [scope.mesh];
  for (const mesh of meshes) {
    const { proxies, controlPlane } = registry.mesh(mesh).containers(scope.revision);
    for (const match of proxies) {
      const found = match.namespace === undefined ? own : await pods(match.namespace, match.labelSelector);
      // Of what serves whole nodes, the requests go through those of their own.
      parts.proxies.push(...partsOf(found, match).filter(({ node }) => nodes.includes(node)));
    }
    for (const match of controlPlane) {
      const found = match.namespace === undefined ? own : await pods(match.namespace, match.labelSelector);
      parts.controlPlane.push(...partsOf(found, match));
    }
  }
  return { ...parts, proxies: unique(parts.proxies), controlPlane: unique(parts.controlPlane) };
}

function podsOf(cluster: ClusterClient) {
  return async (namespace: string, labelSelector?: string): Promise<Pod[]> => {
    const selected = labelSelector === undefined ? {} : { labelSelector };
    return cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace, ...selected });
  };
}

function partsOf(pods: readonly Pod[], { name }: ContainerMatch): CostPart[] {
  return pods.flatMap(({ metadata, spec }) => {
    const { nodeName: node, containers = [], initContainers = [] } = spec ?? {};
    // A native sidecar is an init container that goes on.
    const has = [...containers, ...initContainers].some((container) => container.name === name);
    if (node === undefined || !has || metadata.deletionTimestamp !== undefined) return [];
    const { namespace = '', name: pod } = metadata;
    return [{ node, key: containerKey({ namespace, pod, container: name }) }];
  });
}

/** Meshes may call their containers alike. */
function unique(parts: readonly CostPart[]): CostPart[] {
  return [...new Map(parts.map((part) => [part.key, part])).values()];
}

/** That of the probe, and that of a Service by its name in the cluster: `server.shop` or `server.shop.svc…`. */
export function namespacesOf(probe: Probe, { address }: LoadEndpoint): string[] {
  const host =
    /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/?#@]*@)?(?<host>[^/?#:]*)/i.exec(address)?.groups?.host ?? '';
  const [, namespace, svc] = host.split('.');
  const isService = namespace !== undefined && (svc === 'svc' || host.split('.').length === 2);
  return [...new Set([probe.namespace, ...(isService ? [namespace] : [])])];
}
