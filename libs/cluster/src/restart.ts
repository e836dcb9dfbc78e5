import {
  formatReference,
  MeshwrightError,
  referenceOf,
  type KubernetesObject,
  type ObjectReference,
} from '@meshwright/model';
import { type ClusterClient } from './client.ts';
import { restartedAnnotation, restartManager, restartReasonAnnotation } from './field-managers.ts';
import { textAt, valueAt } from './json.ts';

/** One restart. */
export interface RestartOptions {
  /** Why, in a few words; kept on the pod template. */
  reason: string;
  /** Names this restart, as an ISO time: the same time again restarts nothing. */
  at: string;
  signal?: AbortSignal | undefined;
}

const patchAttempts = 5;

const restartable = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** @throws MeshwrightError UNSUPPORTED for what has no pods to roll, or would not roll them */
export function refuseUnrestartable(
  client: ClusterClient,
  workload: ObjectReference,
  live: KubernetesObject | undefined,
): void {
  if (!workload.apiVersion.startsWith('apps/') || !restartable.has(workload.kind)) {
    throw unsupported(
      client,
      workload,
      'only Deployments, StatefulSets and DaemonSets have pods to roll',
      'Restart what owns it.',
    );
  }
  const obstacle = live && obstacleOf(live);
  if (obstacle !== undefined) throw unsupported(client, workload, ...obstacle);
}

/** Whether a workload has been restarted already by the restart of this time. */
export function isRestarted(workload: KubernetesObject, at: string): boolean {
  return textAt(workload, 'spec', 'template', 'metadata', 'annotations', restartedAnnotation) === at;
}

/**
 * Rolls the pods of a workload by an annotation on its pod template, under a field manager of its own: applying the same
 * manifest later neither takes the annotation away nor rolls the pods again. Does not wait for the pods.
 * Gives `missing` when the workload is not there any more, or another has its name.
 */
export async function rollPods(
  client: ClusterClient,
  workload: KubernetesObject,
  { reason, at, signal }: RestartOptions,
): Promise<'restarted' | 'missing'> {
  const reference = referenceOf(workload);
  const { uid } = workload.metadata;
  const annotations = { [restartedAnnotation]: at, [restartReasonAnnotation]: reason };
  const patch = { metadata: { uid }, spec: { template: { metadata: { annotations } } } };
  for (let attempt = 0; attempt < patchAttempts; attempt += 1) {
    const patched = await client.mergePatch(reference, patch, { fieldManager: restartManager, signal });
    if (patched === 'missing') return 'missing';
    if (patched !== 'conflict') return 'restarted';
    // Somebody else wrote it at the same moment, or it is another one now.
    if ((await client.getHeader(reference, signal))?.metadata.uid !== uid) return 'missing';
  }
  throw new MeshwrightError(
    'CLUSTER_UNREACHABLE',
    `${formatReference(reference)} on the cluster "${client.name}" could not be restarted: it is being changed all the time.`,
    { where: `cluster ${client.name}`, remedy: 'Find out who writes it again and again.' },
  );
}

/** Why new pods would not come, with what to do about it. */
function obstacleOf(live: KubernetesObject): [string, string] | undefined {
  if (textAt(live, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return [
      'its update strategy is OnDelete',
      'Delete its pods one by one, or give it the strategy RollingUpdate.',
    ];
  }
  if (valueAt(live, 'spec', 'paused') === true)
    return ['it is paused', 'Resume the rollout of the Deployment first.'];
  return undefined;
}

function unsupported(
  client: ClusterClient,
  workload: ObjectReference,
  why: string,
  remedy: string,
): MeshwrightError {
  const message = `${formatReference(workload)} on the cluster "${client.name}" cannot be restarted: ${why}.`;
  return new MeshwrightError('UNSUPPORTED', message, { where: `cluster ${client.name}`, remedy });
}

/** The error about a workload that does not exist. */
export function missingWorkload(client: ClusterClient, workload: ObjectReference): MeshwrightError {
  return new MeshwrightError(
    'API_REFUSED',
    `${formatReference(workload)} cannot be restarted: it does not exist on the cluster "${client.name}".`,
    { where: `cluster ${client.name}`, remedy: 'Plan again: the workload was deleted since.' },
  );
}
