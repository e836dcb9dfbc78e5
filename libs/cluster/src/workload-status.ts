import { type KubernetesObject } from '@meshwright/model';
import { conditionOf, current, failed, inProgress, type ObjectStatus } from './conditions.ts';
import { numberAt, objectsAt, textAt, valueAt } from './json.ts';

/** The number in a status; absent means none, as the API leaves zeros out. */
function count(object: KubernetesObject, field: string): number {
  return numberAt(object, 'status', field) ?? 0;
}

function wantedReplicas(object: KubernetesObject): number {
  return numberAt(object, 'spec', 'replicas') ?? 1;
}

function unobserved(object: KubernetesObject): ObjectStatus | undefined {
  if (numberAt(object, 'status', 'observedGeneration') !== undefined) return undefined;
  return inProgress('its controller has not seen it yet');
}

export function deploymentStatus(object: KubernetesObject): ObjectStatus {
  const progressing = conditionOf(object, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return failed(`it made no progress within its deadline: ${progressing.message}`);
  }
  const wanted = wantedReplicas(object);
  const blocked = unobserved(object) ?? creationFailure(object);
  if (blocked !== undefined) return blocked;
  const updated = count(object, 'updatedReplicas');
  if (updated < wanted) return inProgress(`${updated} of ${wanted} replicas are updated`);
  const total = count(object, 'replicas');
  if (total > updated) return inProgress(`${total - updated} old replicas wait for their end`);
  const available = count(object, 'availableReplicas');
  if (available < updated) return inProgress(`${available} of ${updated} replicas are available`);
  const ready = count(object, 'readyReplicas');
  return ready < wanted ? inProgress(`${ready} of ${wanted} replicas are ready`) : current();
}

/** A quota or an admission check keeps the controller from making pods. That can pass, so it is no failure yet. */
function creationFailure(object: KubernetesObject): ObjectStatus | undefined {
  const failure = conditionOf(object, 'ReplicaFailure');
  return failure?.status === 'True'
    ? inProgress(`its pods cannot be created: ${failure.message}`)
    : undefined;
}

export function replicaSetStatus(object: KubernetesObject): ObjectStatus {
  const wanted = wantedReplicas(object);
  const blocked = unobserved(object) ?? creationFailure(object);
  if (blocked !== undefined) return blocked;
  const available = count(object, 'availableReplicas');
  if (available < wanted) return inProgress(`${available} of ${wanted} replicas are available`);
  return count(object, 'replicas') > wanted ? inProgress('surplus replicas wait for their end') : current();
}

export function statefulSetStatus(object: KubernetesObject): ObjectStatus {
  const blocked = unobserved(object);
  if (blocked !== undefined) return blocked;
  if (textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') return current();
  const wanted = wantedReplicas(object);
  const ready = count(object, 'readyReplicas');
  if (ready < wanted) return inProgress(`${ready} of ${wanted} replicas are ready`);
  if (count(object, 'replicas') > wanted) return inProgress('surplus replicas wait for their end');
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const updated = count(object, 'updatedReplicas');
  if (partition > 0) {
    const rolling = Math.max(0, wanted - partition);
    return updated < rolling ? inProgress(`${updated} of ${rolling} replicas are updated`) : current();
  }
  const newest = textAt(object, 'status', 'updateRevision');
  const rolled = newest === undefined || textAt(object, 'status', 'currentRevision') === newest;
  return rolled || updated >= wanted ? current() : inProgress(`${updated} of ${wanted} replicas are updated`);
}

export function daemonSetStatus(object: KubernetesObject): ObjectStatus {
  const blocked = unobserved(object);
  if (blocked !== undefined) return blocked;
  const wanted = count(object, 'desiredNumberScheduled');
  const scheduled = count(object, 'currentNumberScheduled');
  if (scheduled < wanted) return inProgress(`${scheduled} of ${wanted} pods are scheduled`);
  const updated = count(object, 'updatedNumberScheduled');
  const rolls = textAt(object, 'spec', 'updateStrategy', 'type') !== 'OnDelete';
  if (rolls && updated < wanted) return inProgress(`${updated} of ${wanted} pods are updated`);
  const available = count(object, 'numberAvailable');
  if (available < wanted) return inProgress(`${available} of ${wanted} pods are available`);
  const ready = count(object, 'numberReady');
  return ready < wanted ? inProgress(`${ready} of ${wanted} pods are ready`) : current();
}

export function jobStatus(object: KubernetesObject): ObjectStatus {
  const failure = conditionOf(object, 'Failed');
  if (failure?.status === 'True') return failed(`it failed: ${failure.message || failure.reason}`);
  if (conditionOf(object, 'Complete')?.status === 'True') return current();
  if (valueAt(object, 'spec', 'suspend') === true) return inProgress('it is suspended');
  const wanted = numberAt(object, 'spec', 'completions') ?? 1;
  return inProgress(`${count(object, 'succeeded')} of ${wanted} completions`);
}

export function podStatus(object: KubernetesObject): ObjectStatus {
  const phase = textAt(object, 'status', 'phase') ?? 'Pending';
  if (phase === 'Succeeded') return current();
  if (phase === 'Failed') return failed(textAt(object, 'status', 'message') ?? 'it failed');
  if (phase === 'Running' && conditionOf(object, 'Ready')?.status === 'True') return current();
  const looping = containerStates(object).find(({ reason }) => reason === 'CrashLoopBackOff');
  if (looping !== undefined) return failed(`its container ${looping.container} crashes again and again`);
  const scheduled = conditionOf(object, 'PodScheduled');
  if (scheduled?.status === 'False') return inProgress(`it is not scheduled: ${scheduled.message}`);
  const waiting = containerStates(object).find(({ reason }) => reason !== '');
  return inProgress(
    waiting === undefined ? `its phase is ${phase}` : `${waiting.container}: ${waiting.reason}`,
  );
}

/** What one container of a pod waits for. */
export interface ContainerState {
  container: string;
  /** Why it waits, such as `ImagePullBackOff`; empty when it does not. */
  reason: string;
  message: string;
  /** The exit code of its last run. */
  lastExitCode?: number;
  lastReason: string;
  lastMessage: string;
  ready: boolean;
}

/** The containers of a pod, init containers first. */
export function containerStates(pod: KubernetesObject): ContainerState[] {
  const statuses = ['initContainerStatuses', 'containerStatuses'].flatMap((field) =>
    objectsAt(pod, 'status', field),
  );
  return statuses.map((status) => {
    const lastExitCode = numberAt(status, 'lastState', 'terminated', 'exitCode');
    return {
      container: textAt(status, 'name') ?? '',
      reason: textAt(status, 'state', 'waiting', 'reason') ?? '',
      message: textAt(status, 'state', 'waiting', 'message') ?? '',
      ...(lastExitCode === undefined ? {} : { lastExitCode }),
      lastReason: textAt(status, 'lastState', 'terminated', 'reason') ?? '',
      lastMessage: textAt(status, 'lastState', 'terminated', 'message') ?? '',
      ready: valueAt(status, 'ready') === true,
    };
  });
}
