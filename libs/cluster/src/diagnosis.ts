import { isMeshwrightError, type KubernetesObject } from '@meshwright/model';
import { type ClusterClient } from './client.ts';
import { conditionOf } from './conditions.ts';
import { objectAt, textAt, type JsonObject } from './json.ts';
import { containerStates, type ContainerState } from './workload-status.ts';

/** Why a workload is not ready, and what to do about it. */
export interface Finding {
  message: string;
  remedy: string;
}

/**
 * Looks at the pods of a workload, and at the warnings about them, for the reason why it is not ready. Gives undefined
 * when there is nothing to see, or no right to look.
 */
export async function diagnose(
  client: ClusterClient,
  object: KubernetesObject,
): Promise<Finding | undefined> {
  try {
    return await findReason(client, object);
  } catch (error) {
    if (isMeshwrightError(error)) return undefined;
    throw error;
  }
}

async function findReason(client: ClusterClient, object: KubernetesObject): Promise<Finding | undefined> {
  const { namespace, name } = object.metadata;
  if (namespace === undefined) return undefined;
  const pods = object.kind === 'Pod' ? [object] : await podsOf(client, object, namespace);
  if (pods === undefined) return undefined;
  for (const pod of pods) {
    const finding = podFinding(pod);
    if (finding !== undefined) return finding;
  }
  const unready = pods.find((pod) => conditionOf(pod, 'Ready')?.status !== 'True');
  if (pods.length > 0 && unready === undefined) return undefined;
  const events = await client.listPage<KubernetesObject>(
    { apiVersion: 'v1', kind: 'Event', namespace, fieldSelector: 'type=Warning' },
    { limit: 500 },
  );
  return typeof events === 'string' ? undefined : eventFinding(events.items, unready?.metadata.name ?? name);
}

/** The pods that a workload's selector finds, at most a hundred; undefined for what selects none. */
async function podsOf(
  client: ClusterClient,
  workload: KubernetesObject,
  namespace: string,
  signal?: AbortSignal,
): Promise<KubernetesObject[] | undefined> {
  const labels = objectAt(workload, 'spec', 'selector', 'matchLabels');
  const labelSelector = Object.entries(labels)
    .filter((label): label is [string, string] => typeof label[1] === 'string')
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
  if (labelSelector === '') return undefined;
  const query = { apiVersion: 'v1', kind: 'Pod', namespace, labelSelector, signal };
  const page = await client.listPage<KubernetesObject>(query, { limit: 100 });
  return typeof page === 'string' ? undefined : page.items;
}

/** What the status of one pod tells. */
export function podFinding(pod: KubernetesObject): Finding | undefined {
  const name = pod.metadata.name;
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    return {
      message: `Pod ${name} is not scheduled (${scheduled.reason}): ${scheduled.message}`,
      remedy: "Add a node that fits, or lower the pod's requests, selectors or tolerations.",
    };
  }
  for (const container of containerStates(pod)) {
    const finding = containerFinding(name, container);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

const imageFailures =
  /^(ImagePullBackOff|ErrImagePull|InvalidImageName|ErrImageNeverPull|RegistryUnavailable)$/;

/** Whether a pod of a workload waits for an image that it cannot get now; false where there is no right to look. */
export async function cannotPullImages(
  client: ClusterClient,
  workload: KubernetesObject,
  signal: AbortSignal,
): Promise<boolean> {
  const { namespace } = workload.metadata;
  if (namespace === undefined) return false;
  try {
    const pods = workload.kind === 'Pod' ? [workload] : await podsOf(client, workload, namespace, signal);
    return (pods ?? []).some((pod) => containerStates(pod).some(({ reason }) => imageFailures.test(reason)));
  } catch (error) {
    if (isMeshwrightError(error) || signal.aborted) return false;
    throw error;
  }
}

function containerFinding(pod: string, state: ContainerState): Finding | undefined {
  const { container, reason } = state;
  const where = `Container ${container} of pod ${pod}`;
  if (imageFailures.test(reason)) {
    return {
      message: `${where} cannot get its image (${reason}): ${state.message}`,
      remedy: "Check the image's name and tag, and that the node may pull it from its registry.",
    };
  }
  if (reason === 'CrashLoopBackOff') {
    const code = state.lastExitCode === undefined ? '' : ` with exit code ${state.lastExitCode}`;
    const why = [state.lastReason, state.lastMessage.trim()].filter(
      (part) => part !== '' && part !== 'Error',
    );
    return {
      message: `${where} crashes again and again, the last time${code}${why.length === 0 ? '' : `: ${why.join(', ')}`}`,
      remedy:
        state.lastReason === 'OOMKilled'
          ? "Raise the container's memory limit."
          : `Read why: kubectl logs ${pod} -c ${container} --previous`,
    };
  }
  if (
    reason === 'CreateContainerConfigError' ||
    reason === 'CreateContainerError' ||
    reason === 'RunContainerError'
  ) {
    return {
      message: `${where} cannot be started (${reason}): ${state.message}`,
      remedy: 'Create the ConfigMap, Secret or volume that it names, or correct its command.',
    };
  }
  return undefined;
}

/** The newest warning about an object or what it made (a ReplicaSet of a Deployment, a pod). */
export function eventFinding(events: readonly KubernetesObject[], name: string): Finding | undefined {
  const about = events.filter((event) => {
    const involved = textAt(event, 'involvedObject', 'name') ?? '';
    return involved === name || involved.startsWith(`${name}-`);
  });
  const [newest] = about.sort((left, right) => timeOf(right).localeCompare(timeOf(left)));
  if (newest === undefined) return undefined;
  const reason = textAt(newest, 'reason') ?? 'Warning';
  const text = textAt(newest, 'message') ?? '';
  return { message: `${reason}: ${text}`, remedy: eventRemedy(reason, text) };
}

function timeOf(event: JsonObject): string {
  return (
    textAt(event, 'series', 'lastObservedTime') ??
    textAt(event, 'lastTimestamp') ??
    textAt(event, 'eventTime') ??
    textAt(event, 'metadata', 'creationTimestamp') ??
    ''
  );
}

function eventRemedy(reason: string, text: string): string {
  if (text.includes('admission webhook')) return 'Change the pod template so that the webhook accepts it.';
  if (text.includes('failed calling webhook'))
    return 'Check the pods behind the webhook: no pod is made without it.';
  if (text.includes('exceeded quota')) return "Raise the namespace's ResourceQuota, or ask for less.";
  if (text.includes('violates PodSecurity')) {
    return 'Lower what the pod asks for, or label the namespace for a more privileged level.';
  }
  if (reason === 'FailedMount') return 'Create the volume, ConfigMap or Secret that the pod mounts.';
  if (reason === 'Unhealthy') return "Read the container's log: it runs, but its probe fails.";
  return 'Correct what the message names, then apply again.';
}
