import {
  formatReference,
  MeshwrightError,
  type KubernetesObject,
  type ObjectReference,
} from '@meshwright/model';
import { type ClusterClient } from './client.ts';
import { restartedAnnotation, restartManager, restartReasonAnnotation } from './field-managers.ts';
import { textAt, valueAt } from './json.ts';

export interface RestartOptions {
  /** Why, in a few words; kept on the pod template. */
  reason: string;
  /** Names this restart, as an ISO time: the same time again restarts nothing. */
  at: string;
  signal?: AbortSignal;
}

const restartable = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/**
 * Rolls the pods of a Deployment, StatefulSet or DaemonSet by an annotation on its pod template, under a field manager
 * of its own: applying the same manifest later neither takes the annotation away nor rolls the pods again. Safe to
 * repeat with the same time. Does not wait; see `waitUntilReady`.
 * @throws MeshwrightError UNSUPPORTED for other kinds and for workloads that do not roll by themselves (OnDelete, paused);
 *   API_REFUSED when there is no such workload.
 */
export async function restartWorkload(
  client: ClusterClient,
  workload: ObjectReference,
  options: RestartOptions,
): Promise<void> {
  const { reason, at, signal } = options;
  if (!workload.apiVersion.startsWith('apps/') || !restartable.has(workload.kind)) {
    throw unsupported(
      client,
      workload,
      'only Deployments, StatefulSets and DaemonSets have pods to roll',
      'Restart what owns it.',
    );
  }
  const live = await client.get(workload, signal);
  if (live === undefined) throw missing(client, workload);
  const obstacle = obstacleOf(live);
  if (obstacle !== undefined) throw unsupported(client, workload, ...obstacle);
  const annotations = { [restartedAnnotation]: at, [restartReasonAnnotation]: reason };
  const patch = { metadata: { uid: live.metadata.uid }, spec: { template: { metadata: { annotations } } } };
  const patched = await client.mergePatch(workload, patch, { fieldManager: restartManager, signal });
  if (patched === 'missing' || patched === 'conflict') throw missing(client, workload);
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

function missing(client: ClusterClient, workload: ObjectReference): MeshwrightError {
  return new MeshwrightError(
    'API_REFUSED',
    `${formatReference(workload)} cannot be restarted: it does not exist on the cluster "${client.name}".`,
    { where: `cluster ${client.name}`, remedy: 'Plan again: the workload was deleted since.' },
  );
}
