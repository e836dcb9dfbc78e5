import { type ClusterClient, readNodeUsage } from '@meshwright/cluster';
import { trialRecordOf } from '@meshwright/histogram';
import {
  type KubernetesObject,
  MeshwrightError,
  type Probe,
  type TrialInput,
  type TrialRecord,
} from '@meshwright/model';
import type { LoadRegistry, PluginRegistry, ProgramPort, ResidentPort } from '@meshwright/plugin-sdk';
import { findCostParts } from './cost-parts.ts';
import { withCost } from './trial-cost.ts';

/** No program runs here: the generator runs in the pod. */
const noPrograms: ProgramPort = {
  find: () => Promise.resolve(undefined),
  run: (program) => Promise.reject(new MeshwrightError('LOAD_UNAVAILABLE', `${program} runs in no pod.`)),
};

/** What a trial in a pod is run with. */
export interface ProbeTools {
  cluster: ClusterClient;
  generators: LoadRegistry;
  /** Says which containers a trial's cost is that of. */
  registry: PluginRegistry;
  signal: AbortSignal;
}

/**
 * Has a pod of the cluster run a trial, and tells its cost as far as that can be known.
 * @throws MeshwrightError UNKNOWN_PLUGIN, LOAD_UNAVAILABLE when the generator cannot run in a pod or no pod of the probe is
 *   ready, and what the generator fails with.
 */
export async function runProbeTrial(
  { generator, request, probe, cost: scope = {} }: TrialInput,
  { cluster, generators, registry, signal }: ProbeTools,
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
  const run = async () =>
    trialRecordOf(await plugin.run(request, { programs: noPrograms, resident, signal }));
  if (scope === 'none') return run();
  const usage = {
    parts: () => findCostParts(cluster, registry, { probe, endpoint: request.endpoint, scope }),
    read: (node: string, until: AbortSignal) =>
      readNodeUsage(cluster, node, AbortSignal.any([signal, until])),
  };
  return withCost(usage, request, run);
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
