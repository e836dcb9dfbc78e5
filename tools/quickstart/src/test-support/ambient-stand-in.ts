import { setTimeout as delay } from 'node:timers/promises';
import type { Scene } from './scene.ts';

interface Item {
  metadata: {
    name: string;
    namespace: string;
    generation: number;
    annotations?: Record<string, string>;
  };
  status?: { conditions?: { type: string; observedGeneration?: number }[] };
}

const lookMilliseconds = 500;
const redirection = 'ambient.istio.io/redirection';

/**
 * Does what Meshwright waits for in ambient mode and simulated pods cannot do: as the CNI agent, mark the pods of
 * labelled namespaces as captured, and the others not; as istiod, program waypoints. No traffic is captured by it.
 */
export function standInForAmbient(scene: Scene): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loop = run(scene, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

async function run(scene: Scene, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // Something may be deleted between the look and the change: the next look is soon.
    await capture(scene).catch(() => undefined);
    await program(scene).catch(() => undefined);
    await delay(lookMilliseconds, undefined, { signal }).catch(() => undefined);
  }
}

async function capture(scene: Scene): Promise<void> {
  const agents = await list(scene, 'daemonsets', '--namespace=istio-system');
  if (!agents.some(({ metadata }) => metadata.name === 'istio-cni-node')) return;
  const namespaces = await list(scene, 'namespaces', '--selector=istio.io/dataplane-mode=ambient');
  const enrolled = new Set(namespaces.map(({ metadata }) => metadata.name));
  for (const { metadata } of await list(scene, 'pods', '--all-namespaces')) {
    const isCaptured = metadata.annotations?.[redirection] === 'enabled';
    if (isCaptured === enrolled.has(metadata.namespace)) continue;
    const change = isCaptured ? `${redirection}-` : `${redirection}=enabled`;
    await scene.kubectl('annotate', 'pod', metadata.name, `--namespace=${metadata.namespace}`, change);
  }
}

async function program(scene: Scene): Promise<void> {
  for (const { metadata, status } of await list(
    scene,
    'gateways.gateway.networking.k8s.io',
    '--all-namespaces',
  )) {
    const { generation: observedGeneration, namespace, name } = metadata;
    const programmed = status?.conditions?.find(({ type }) => type === 'Programmed');
    if (programmed?.observedGeneration === observedGeneration) continue;
    const told = { reason: 'Simulated', message: '', lastTransitionTime: new Date().toISOString() };
    const conditions = ['Accepted', 'Programmed'].map((type) => ({
      type,
      status: 'True',
      observedGeneration,
      ...told,
    }));
    const patch = JSON.stringify({ status: { conditions } });
    const gateway = ['gateways.gateway.networking.k8s.io', name, `--namespace=${namespace}`];
    await scene.kubectl('patch', ...gateway, '--subresource=status', '--type=merge', '--patch', patch);
  }
}

async function list(scene: Scene, ...query: string[]): Promise<Item[]> {
  return (JSON.parse(await scene.kubectl('get', ...query, '--output=json')) as { items: Item[] }).items;
}
