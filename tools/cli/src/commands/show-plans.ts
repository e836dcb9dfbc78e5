import { isMeshwrightError, type Plan, type PlanSummary } from '@meshwright/model';
import { briefPlan, escapeText, fullPlan } from '@meshwright/wording';
import { renderPlan } from '../render/plan-text.ts';
import { describePlan } from '../render/target.ts';
import type { Session } from '../session.ts';

/** Prints plans whole, or what is known of one whose evidence is not at hand here. */
export async function showPlans(
  session: Session,
  plans: readonly PlanSummary[],
  full: boolean,
): Promise<void> {
  const view = session.view();
  const evidence = await session.evidence();
  for (const summary of plans) {
    try {
      const plan = await evidence.getJson<Plan>(summary.digest);
      session.print([...renderPlan(plan, summary.digest, view, full ? fullPlan : briefPlan), '']);
    } catch (error) {
      if (!isMeshwrightError(error)) throw error;
      session.print([`${escapeText(summary.cluster)}: ${describePlan(summary)}`]);
      session.tell([`note: the whole plan is not at hand here: ${escapeText(error.message)}`, '']);
    }
  }
}
