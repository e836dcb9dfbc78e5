import { PlanAction, Purpose, type PlanSummary } from '@meshwright/model';
import { sha256 } from '@meshwright/workflow-kit';

/**
 * The digest that a decision is bound to: of one plan its own, of several the digest of theirs in the order of their
 * clusters.
 */
export function subjectOf(plans: readonly PlanSummary[]): string {
  const [only, ...others] = plans;
  if (only !== undefined && others.length === 0) return only.digest;
  const inOrder = plans.toSorted((a, b) => (a.cluster < b.cluster ? -1 : 1));
  return digestOf(inOrder.map(({ digest }) => digest));
}

/** The digest that a decision is bound to which is about these words together. */
export function digestOf(words: readonly string[]): string {
  return `sha256:${sha256(words.map((word) => `${word}\n`).join(''))}`;
}

/** What a plan asks to be confirmed, one reason each; an uninstall always does. */
export function confirmationsOf({ cluster, confirmations, purpose }: PlanSummary): string[] {
  if (confirmations.length > 0) return confirmations.map((reason) => `${cluster}: ${reason}`);
  return purpose === Purpose.uninstall ? [`${cluster}: the mesh is uninstalled`] : [];
}

/** Whether a plan leaves its target as it is. */
export function isEmpty({ action, stages }: PlanSummary): boolean {
  return action === PlanAction.none || stages.length === 0;
}

/** Whether somebody has to decide on a plan before it is carried out. */
export function asksFirst(plan: PlanSummary, { required }: { required: boolean }): boolean {
  return !isEmpty(plan) && (required || confirmationsOf(plan).length > 0);
}
