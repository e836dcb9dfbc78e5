import { setCurrentDetails } from '@temporalio/workflow';
import type { PlanChangeInput, PlanSummary } from '@meshwright/model';
import { code, setAttributes, targetActivities } from '@meshwright/workflow-kit';
import { planTable } from './details.ts';

/** What a pattern would change on one target; changes nothing. */
export async function planPreview(input: PlanChangeInput): Promise<PlanSummary> {
  const { cluster, pattern, repository, commit } = input;
  setAttributes({ repository, pattern, cluster, commit });
  const what = `plan ${pattern} on ${cluster}`;
  const plan = await targetActivities({ cluster, what, attemptSeconds: 600 }).planChange(input);
  setAttributes({ mesh: plan.mesh.type });
  setCurrentDetails(`Preview of ${code(pattern)} on ${code(cluster)}\n\n${planTable(plan)}`);
  return plan;
}
