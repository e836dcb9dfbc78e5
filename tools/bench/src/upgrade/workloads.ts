import { readFile } from 'node:fs/promises';
import type { ClusterClient } from '@meshwright/cluster';
import { waitFor } from '@meshwright/testbed';
import type { PatternContent } from '../engine/patterns.ts';

export const workloadNamespace = 'checkout';
export const workloadNames = ['client', 'server'] as const;

const examples = new URL('../../../../examples/', import.meta.url);
const goneSeconds = 180;
const pods = { apiVersion: 'v1', kind: 'Pod' };

/** The two workloads of the example, enrolled. */
export async function checkoutContent(): Promise<PatternContent> {
  const files = workloadNames.map(async (name) => {
    const path = `apps/checkout/${name}.yaml`;
    return [path, await readFile(new URL(path, examples), 'utf8')] as const;
  });
  const workloads = [{ namespace: workloadNamespace, enroll: true, manifests: ['apps/checkout/*.yaml'] }];
  return { spec: { workloads }, files: Object.fromEntries(await Promise.all(files)) };
}

/** The pods of the workloads that are there, by uid. */
export async function workloadPods(client: ClusterClient, signal: AbortSignal): Promise<Set<string>> {
  const found = await client.listHeaders({ ...pods, namespace: workloadNamespace, signal });
  return new Set(found.map(({ metadata }) => metadata.uid ?? ''));
}

/** Waits until none of these pods is left, as the script does. */
export async function untilGone(
  client: ClusterClient,
  before: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  await waitFor(
    async () => {
      const now = await workloadPods(client, signal);
      const left = [...now].filter((uid) => before.has(uid)).length;
      return left === 0 ? undefined : `${left} old pods are there`;
    },
    { what: 'the old pods to be gone', seconds: goneSeconds, intervalMilliseconds: 50, signal },
  );
}

/** Waits until every pod of the version before has left the node, so that the next upgrade begins undisturbed. */
export async function untilSettled(client: ClusterClient, signal: AbortSignal): Promise<void> {
  await waitFor(
    async () => {
      const workloads = await client.listHeaders({ ...pods, namespace: workloadNamespace, signal });
      const control = await client.listHeaders({ ...pods, namespace: 'istio-system', signal });
      const settled = workloads.length === workloadNames.length && control.length === 1;
      return settled ? undefined : `${workloads.length} and ${control.length} pods are there`;
    },
    { what: 'the pods of the version before to be gone', seconds: goneSeconds, signal },
  );
}
