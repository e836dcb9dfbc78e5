import type { ClusterClient } from '@meshwright/cluster';
import { trialRecordOf } from '@meshwright/histogram';
import {
  type KubernetesObject,
  MeshwrightError,
  type Probe,
  type TrialInput,
  type TrialRecord,
} from '@meshwright/model';
import type { LoadRegistry, ProgramPort, ResidentPort } from '@meshwright/plugin-sdk';

/** No program runs here: the generator runs in the pod. */
const noPrograms: ProgramPort = {
  find: () => Promise.resolve(undefined),
  run: (program) => Promise.reject(new MeshwrightError('LOAD_UNAVAILABLE', `${program} runs in no pod.`)),
};

/**
 * Has a pod of the cluster run a trial.
 * @throws MeshwrightError UNKNOWN_PLUGIN, LOAD_UNAVAILABLE when the generator cannot run in a pod or no pod of the probe is
 *   ready, and what the generator fails with.
 */
export async function runProbeTrial(
  { generator, request, probe }: TrialInput,
  { cluster, generators, signal }: { cluster: ClusterClient; generators: LoadRegistry; signal: AbortSignal },
): Promise<TrialRecord> {
  if (probe === undefined)
    throw new MeshwrightError('INVALID_INPUT', 'A trial on a cluster names its probe.');
  const plugin = generators.generator(generator);
  if (plugin.capabilities.resident !== true) {
    throw new MeshwrightError('LOAD_UNAVAILABLE', `${plugin.title} cannot be asked for trials in a pod.`, {
      remedy: 'Ask for another generator, such as fortio, or let a load agent send.',
    });
  }
  const resident = residentIn(cluster, probe, await readyPod(cluster, probe));
  return trialRecordOf(await plugin.run(request, { programs: noPrograms, resident, signal }));
}

function residentIn(cluster: ClusterClient, { namespace, port }: Probe, pod: string): ResidentPort {
  return {
    get: (path, { timeoutSeconds, signal }) =>
      cluster.getFromPod({ namespace, pod, port, path, timeoutSeconds }, signal),
  };
}

interface Pod extends KubernetesObject {
  status?: { conditions?: { type: string; status: string }[] };
}

async function readyPod(cluster: ClusterClient, { namespace, labelSelector }: Probe): Promise<string> {
  const pods = (await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector })) as Pod[];
  const ready = pods.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true,
  );
  const [first] = ready.map(({ metadata: { name } }) => name).sort();
  if (first !== undefined) return first;
  throw new MeshwrightError('LOAD_FAILED', `No pod of the probe is ready: ${pods.length} have its labels.`, {
    where: `${namespace}, ${labelSelector}`,
    remedy: 'See `kubectl get pods` for why, or name other labels.',
  });
}
