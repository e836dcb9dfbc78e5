import { applyObjects, type ClusterClient, waitUntilReady } from '@meshwright/cluster';
import { MeshwrightError, type Plan, plural, referenceOf, type StageResult } from '@meshwright/model';

const readyMs = 180_000;

/**
 * Creates the pods of a plan's gate and waits until they are ready.
 * @throws MeshwrightError NOT_READY with what is missing, and what applying throws.
 */
export async function openProbes(
  { probes = [] }: Plan,
  {
    cluster,
    signal,
    tell,
  }: { cluster: ClusterClient; signal: AbortSignal; tell: (waitingFor: readonly string[]) => void },
): Promise<StageResult> {
  const namespaces = probes.filter(({ kind }) => kind === 'Namespace');
  const others = probes.filter(({ kind }) => kind !== 'Namespace');
  await applyObjects(cluster, namespaces, { signal });
  await applyObjects(cluster, others, { signal });
  const { ready, objects } = await waitUntilReady(cluster, others.map(referenceOf), {
    timeoutMs: readyMs,
    signal,
    onProgress: ({ waitingFor }) => {
      tell(waitingFor);
    },
  });
  if (ready) return { note: `${plural(namespaces.length, 'namespace')} with probes` };
  throw new MeshwrightError('NOT_READY', 'The probes of the measurement did not become ready.', {
    where: `cluster ${cluster.name}`,
    lines: objects.filter(({ state }) => state !== 'current').map(({ message }) => message),
    remedy: 'See whether the cluster can pull their image, `probes.image` of the configuration.',
  });
}
