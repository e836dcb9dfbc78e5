import type { HeldCommit, Inventory, KeptSecrets, TargetRecord } from '@meshwright/cluster';
import { type ConcludeInput, type Plan, Purpose } from '@meshwright/model';

/**
 * Writes down what the target has after a change, and which commits are not tried again by themselves. Where the mesh was
 * taken away, its keys go too. Safe to repeat.
 */
export async function concludeChange(
  input: ConcludeInput,
  plan: Plan,
  { inventory, kept }: { inventory: Inventory; kept: KeptSecrets },
): Promise<void> {
  if (plan.purpose === Purpose.uninstall && input.outcome === 'kept') await kept.removeAll();
  await inventory.record(recordAfter(input, plan, await inventory.readRecord()));
}

/**
 * The record of a change that ended. A change that was taken back leaves what was there, and its record; the commit
 * that was kept is held no longer.
 */
export function recordAfter(
  { plan: digest, rollout, commit, outcome, hold, at }: ConcludeInput,
  plan: Plan,
  before: TargetRecord | undefined,
): TargetRecord {
  const kept = outcome === 'kept' ? commit : undefined;
  const earlier = (before?.held ?? []).filter((one) => one.commit !== hold?.commit && one.commit !== kept);
  const held: HeldCommit[] = [...earlier, ...(hold === undefined ? [] : [{ ...hold, at }])];
  if (outcome === 'rolled-back' && before !== undefined) return { ...before, held };
  const { snapshot, mesh } = plan;
  const { type, version, revision } = mesh;
  return {
    plan: digest,
    commit,
    snapshot,
    rollout,
    mesh: { type, version, revision },
    outcome,
    at,
    held,
  };
}
