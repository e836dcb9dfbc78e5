import type { TargetRecord } from '@meshwright/cluster';
import { MeshwrightError, type PlanChangeInput, shortCommit, workflowId } from '@meshwright/model';

/**
 * A commit that was rolled back is not planned again by itself.
 * @throws MeshwrightError HELD with when and why it was rolled back, and the way on.
 */
export function refuseHeld(
  { pattern, commit, cluster, despiteHold }: PlanChangeInput,
  record: TargetRecord | undefined,
): void {
  const hold = record?.held?.find((held) => held.commit === commit);
  if (hold === undefined || despiteHold) return;
  throw new MeshwrightError(
    'HELD',
    `Commit ${shortCommit(commit)} of ${pattern} was rolled back on ${cluster} at ${new Date(hold.at).toISOString()} and is held: ${hold.reason}`,
    {
      where: `cluster ${cluster}`,
      remedy: `Commit a correction or a revert, or run \`meshwright retry ${workflowId.rollout(pattern, commit)}\` to try this commit again.`,
    },
  );
}
