import { groupOf, type KubernetesObject } from '@meshwright/model';
import { conditionOf, conditionsOf, current, failed, inProgress, type ObjectStatus } from './conditions.ts';
import { numberAt, objectsAt, textAt } from './json.ts';
import {
  daemonSetStatus,
  deploymentStatus,
  jobStatus,
  podStatus,
  replicaSetStatus,
  statefulSetStatus,
} from './workload-status.ts';

/** The rules of built-in kinds, by `group/Kind`. */
const rules: Readonly<Record<string, (object: KubernetesObject) => ObjectStatus>> = {
  'apps/Deployment': deploymentStatus,
  'apps/StatefulSet': statefulSetStatus,
  'apps/DaemonSet': daemonSetStatus,
  'apps/ReplicaSet': replicaSetStatus,
  'batch/Job': jobStatus,
  '/Pod': podStatus,
  '/Namespace': namespaceStatus,
  '/PersistentVolumeClaim': claimStatus,
  '/Service': serviceStatus,
  'policy/PodDisruptionBudget': disruptionBudgetStatus,
  'apiextensions.k8s.io/CustomResourceDefinition': definitionStatus,
  'apiregistration.k8s.io/APIService': apiServiceStatus,
};

/** Kinds of the API without a status: their metadata tells all that {@link statusOf} asks. */
const withoutStatus: ReadonlySet<string> = new Set([
  '/ConfigMap',
  '/Secret',
  '/ServiceAccount',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
]);

/** Whether objects of a kind may have a status. */
export function hasStatus({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return !withoutStatus.has(`${groupOf(apiVersion)}/${kind}`);
}

/**
 * Whether an object is what its specification asks for, judged from the object alone. The rules are those of kstatus
 * (sigs.k8s.io/cli-utils, pkg/kstatus): a deletion or a specification that was not yet observed is in progress; then
 * the rule of the kind; then the conditions that custom resources report. Kinds without a status are current as soon
 * as they exist. As in kstatus a Service of type LoadBalancer needs no external address: not every cluster gives one.
 * Stricter than kstatus in one rule: a Job is current when it is complete, not when it has begun.
 */
export function statusOf(object: KubernetesObject | undefined): ObjectStatus {
  if (object === undefined) return { state: 'notFound', message: 'it does not exist' };
  if (object.metadata.deletionTimestamp !== undefined) return inProgress(deletionMessage(object));
  const observed = numberAt(object, 'status', 'observedGeneration');
  if (
    observed !== undefined &&
    object.metadata.generation !== undefined &&
    observed < object.metadata.generation
  ) {
    return inProgress('its controller has not seen the newest specification');
  }
  const rule = rules[`${groupOf(object.apiVersion)}/${object.kind}`];
  return rule === undefined ? conditionStatus(object) : rule(object);
}

function deletionMessage(object: KubernetesObject): string {
  const finalizers = object.metadata.finalizers;
  const holders = Array.isArray(finalizers) ? finalizers.join(', ') : '';
  return holders === '' ? 'it is being deleted' : `it is being deleted, held by the finalizers ${holders}`;
}

/** Conditions that say, when false or unknown, that a custom resource is not there yet; kstatus, Flux and Gateway API use them. */
const readyConditions = ['Ready', 'Accepted', 'Programmed', 'Reconciled', 'Available', 'Established'];

function conditionStatus(object: KubernetesObject): ObjectStatus {
  const generation = object.metadata.generation;
  const conditions = [...conditionsOf(object), ...parentConditions(object)];
  const stale = conditions.find(
    ({ observedGeneration }) =>
      observedGeneration !== undefined && generation !== undefined && observedGeneration < generation,
  );
  if (stale !== undefined) return inProgress(`its condition ${stale.type} is about an older specification`);
  const stalled = conditions.find(
    ({ type, status }) => (type === 'Stalled' || type === 'Failed') && status === 'True',
  );
  if (stalled !== undefined) return failed(stalled.message || stalled.reason || `it is ${stalled.type}`);
  const reconciling = conditions.find(({ type, status }) => type === 'Reconciling' && status === 'True');
  if (reconciling !== undefined) return inProgress(reconciling.message || 'it is being reconciled');
  const unready = conditions.find(({ type, status }) => readyConditions.includes(type) && status !== 'True');
  if (unready !== undefined) {
    const why = [unready.reason, unready.message].filter((part) => part !== '').join(': ');
    return inProgress(why === '' ? `its condition ${unready.type} is ${unready.status}` : why);
  }
  return current();
}

/** Routes of the Gateway API report for each parent. */
function parentConditions(object: KubernetesObject): ReturnType<typeof conditionsOf> {
  return objectsAt(object, 'status', 'parents').flatMap((parent) => conditionsOf({ status: parent }));
}

function namespaceStatus(object: KubernetesObject): ObjectStatus {
  const phase = textAt(object, 'status', 'phase');
  return phase === undefined || phase === 'Active' ? current() : inProgress(`its phase is ${phase}`);
}

function claimStatus(object: KubernetesObject): ObjectStatus {
  const phase = textAt(object, 'status', 'phase') ?? 'unknown';
  if (phase === 'Lost') return failed('its volume is lost');
  return phase === 'Bound' ? current() : inProgress(`it is not bound, its phase is ${phase}`);
}

function serviceStatus(object: KubernetesObject): ObjectStatus {
  const waits =
    textAt(object, 'spec', 'type') === 'LoadBalancer' && textAt(object, 'spec', 'clusterIP') === undefined;
  return waits ? inProgress('it has no cluster address yet') : current();
}

function disruptionBudgetStatus(object: KubernetesObject): ObjectStatus {
  const healthy = numberAt(object, 'status', 'currentHealthy') ?? 0;
  const desired = numberAt(object, 'status', 'desiredHealthy') ?? 0;
  return healthy >= desired ? current() : inProgress(`${healthy} of ${desired} pods are healthy`);
}

function definitionStatus(object: KubernetesObject): ObjectStatus {
  const names = conditionOf(object, 'NamesAccepted');
  if (names?.status === 'False') return failed(`its names are not accepted: ${names.message}`);
  const established = conditionOf(object, 'Established');
  if (established?.status === 'True') return current();
  if (established?.status === 'False' && established.reason !== 'Installing')
    return failed(established.message);
  return inProgress('it is not established yet');
}

function apiServiceStatus(object: KubernetesObject): ObjectStatus {
  const available = conditionOf(object, 'Available');
  if (available?.status === 'True') return current();
  return inProgress(available?.message ?? 'it is not available yet');
}
