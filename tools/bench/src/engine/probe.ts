import type { ClusterClient } from '@meshwright/cluster';
import { MeshwrightError, type Probe } from '@meshwright/model';
import type { PatternContent } from './patterns.ts';
import { awaitRollout } from './rollouts.ts';
import type { EngineSession } from './session.ts';
import { workloadNamespace } from '../upgrade/workloads.ts';

/** The client of the example, a `fortio server` whose own requests go through its sidecar. */
export const probe: Probe = {
  cluster: 'local',
  namespace: workloadNamespace,
  labelSelector: 'app=client',
  port: 8080,
};

/** Has the engine install the mesh with this content; done when every proxy has what was committed. */
export async function installByCommit(
  { patterns, temporal }: EngineSession,
  content: PatternContent,
  signal: AbortSignal,
): Promise<void> {
  const { commit } = await patterns.push(1, { content });
  await awaitRollout(temporal, commit, signal);
}

/**
 * How long requests from the probe took on average, in milliseconds: Fortio's own mean, which no bucket rounds.
 * @throws MeshwrightError NOT_READY when some were not answered well.
 */
export async function meanFromProbe(
  client: ClusterClient,
  address: string,
  requests: number,
  signal: AbortSignal,
): Promise<number> {
  const { namespace, labelSelector, port } = probe;
  const [pod] = await client.listHeaders({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector, signal });
  const query = new URLSearchParams({ url: address, n: String(requests), c: '2', qps: '100' });
  const path = `/fortio/rest/run?${query.toString()}`;
  const answer = await client.getFromPod({ namespace, pod: pod?.metadata.name ?? '', port, path }, signal);
  const { RetCodes: codes, DurationHistogram: durations } = JSON.parse(answer) as {
    RetCodes: Record<string, number>;
    DurationHistogram: { Avg: number };
  };
  if (codes['200'] === requests) return durations.Avg * 1_000;
  throw new MeshwrightError('NOT_READY', `${address} answered ${JSON.stringify(codes)}.`);
}
