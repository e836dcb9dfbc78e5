import {
  countChanges,
  formatCounts,
  formatReference,
  isMeshwrightError,
  type KubernetesObject,
  type ObjectReference,
  type PlannedStage,
  type PreflightCheck,
  referenceOf,
} from '@meshwright/model';
import type { ClusterPort } from '@meshwright/plugin-sdk';

/** What the server said of the objects; that it refused none is known, for then there is no plan. */
export function dryRunCheck(stages: readonly PlannedStage[]): PreflightCheck {
  const changes = stages.flatMap((stage) => stage.changes);
  const predicted = changes.filter((change) => change.predicted === true).length;
  const asked = `the API server accepts them: ${formatCounts(countChanges(changes))}`;
  const unasked = `; ${predicted} could not be asked about, because their namespace or kind comes with the plan`;
  return { title: 'Dry run', state: 'passed', note: predicted === 0 ? asked : asked + unasked };
}

/** Whether PodDisruptionBudgets allow the restarts of a plan to begin now; while one does not, its workloads wait. */
export async function disruptionCheck(
  workloads: readonly ObjectReference[],
  cluster: Pick<ClusterPort, 'list'>,
): Promise<PreflightCheck[]> {
  const namespaces = new Set(
    workloads.map(({ namespace }) => namespace).filter((name) => name !== undefined),
  );
  if (namespaces.size === 0) return [];
  const title = 'PodDisruptionBudgets';
  try {
    const kind = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' };
    const found = await Promise.all([...namespaces].map((namespace) => cluster.list({ ...kind, namespace })));
    const closed = found.flat().filter(allowsNone);
    if (closed.length === 0)
      return [{ title, state: 'passed', note: 'none keeps a workload from restarting' }];
    const names = closed.map((budget) => formatReference(referenceOf(budget))).join(', ');
    return [{ title, state: 'warning', note: `workloads wait while these allow no disruption: ${names}` }];
  } catch (error) {
    if (!isMeshwrightError(error) || error.code !== 'CLUSTER_UNAUTHORIZED') throw error;
    return [{ title, state: 'warning', note: `they could not be read: ${error.message}` }];
  }
}

function allowsNone({ status }: KubernetesObject): boolean {
  const { disruptionsAllowed = 0, expectedPods = 0 } = (status ?? {}) as Record<string, unknown>;
  return disruptionsAllowed === 0 && expectedPods !== 0;
}
