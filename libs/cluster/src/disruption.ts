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

/**
 * Whether a budget keeps a pod of the workload from being disrupted now: it allows no disruption, or its status is not
 * of its newest specification. A workload without a ready pod has nothing to protect: only a restart may mend it.
 */
export function forbidsDisruption(budget: KubernetesObject, workload: KubernetesObject): boolean {
  const ready = numberAt(workload, 'status', 'readyReplicas') ?? numberAt(workload, 'status', 'numberReady');
  if ((ready ?? 0) === 0) return false;
  const observed = numberAt(budget, 'status', 'observedGeneration') ?? 0;
  if (observed < (budget.metadata.generation ?? 0)) return true;
  return (numberAt(budget, 'status', 'disruptionsAllowed') ?? 0) <= 0;
}
