import { type KubernetesObject } from '@meshwright/model';
import { numberAt, objectAt, valueAt } from './json.ts';
import { selects } from './selectors.ts';

/** The budgets, of those of a workload's namespace, that protect its pods. */
export function budgetsOf(
  workload: KubernetesObject,
  budgets: readonly KubernetesObject[],
): KubernetesObject[] {
  const labels = objectAt(workload, 'spec', 'template', 'metadata', 'labels');
  return budgets.filter((budget) => selects(valueAt(budget, 'spec', 'selector'), labels));
}

/** Whether a budget allows no disruption now, or has not said yet what its newest specification allows. */
export function forbidsDisruption(budget: KubernetesObject): boolean {
  const observed = numberAt(budget, 'status', 'observedGeneration') ?? 0;
  if (observed < (budget.metadata.generation ?? 0)) return true;
  return (numberAt(budget, 'status', 'disruptionsAllowed') ?? 0) <= 0;
}

/** Whether a workload has a pod that a disruption would take away; where none is ready, only a restart may mend it. */
export function hasReadyPods(workload: KubernetesObject): boolean {
  const ready = numberAt(workload, 'status', 'readyReplicas') ?? numberAt(workload, 'status', 'numberReady');
  return (ready ?? 0) > 0;
}
