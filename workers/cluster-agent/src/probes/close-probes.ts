import { type ClusterClient, deleteLeftovers } from '@meshwright/cluster';
import {
  formatReference,
  type Leftover,
  MeshwrightError,
  type Plan,
  plural,
  referenceOf,
  type StageResult,
} from '@meshwright/model';
import { probesLabel } from '../planning/gate/created-probes.ts';

const goneMs = 180_000;

/**
 * Deletes the namespaces of a plan's probes, and waits until they are gone.
 * @throws MeshwrightError NOT_DELETED with what holds them.
 */
export async function closeProbes(
  { probes = [] }: Plan,
  { cluster, signal }: { cluster: ClusterClient; signal: AbortSignal },
): Promise<StageResult> {
  const leftovers: Leftover[] = [];
  for (const object of probes.filter(({ kind }) => kind === 'Namespace')) {
    const live = await cluster.get(referenceOf(object), signal);
    const { uid } = live?.metadata ?? {};
    // Only what the engine made: somebody may have a namespace of this name.
    const isOurs = live?.metadata.labels?.[probesLabel] !== undefined;
    if (uid !== undefined && isOurs) leftovers.push({ ...referenceOf(object), uid });
  }
  const left = await deleteLeftovers(cluster, leftovers, { signal, goneMs });
  const [first] = left;
  if (first === undefined) return { note: `${plural(leftovers.length, 'namespace')} deleted` };
  throw new MeshwrightError(
    'NOT_DELETED',
    `${formatReference(first.object)} of the probes could not be deleted: ${first.reason}.`,
    { where: `cluster ${cluster.name}`, remedy: 'Delete it by hand once nothing holds it any more.' },
  );
}
