import { type ApprovalStatus, Decision } from '@meshwright/model';
import { countApprovals, type WaitingGate } from '@meshwright/rollouts';
import { escapeText, plural } from '@meshwright/wording';

/** What comes of a decision, for who made it. What waited moves on a moment after its answer. */
export function whatFollows(gate: WaitingGate, decision: Decision, status: object): string {
  if (decision === Decision.reject) return afterRejection(gate);
  if (decision === Decision.hold) return 'It stays shut until it is released.';
  const approval = approvalIn(status, gate.approval);
  if (approval === undefined || decision === Decision.breakGlass) return 'It goes on.';
  if (approval.held !== undefined) return `It is held by ${escapeText(approval.held.person)}.`;
  const missing = approval.quorum - countApprovals(approval);
  if (missing > 0) return `${plural(missing, 'more approval')} needed.`;
  if (approval.requiredGroups.length > 0) {
    const groups = approval.requiredGroups.map(escapeText).join(', ');
    return `It goes on once one of each of ${groups} is among those who approve.`;
  }
  return 'It goes on, as soon as changes may begin.';
}

function afterRejection({ kind, approval }: WaitingGate): string {
  if (kind === 'policy-change') return 'Who may decide stays as it was.';
  if (kind === 'pull-request') return 'It counts for the merge as well, as long as the plan stays the same.';
  if (approval.gate.startsWith('verdict:')) return 'The change is taken back.';
  return approval.gate === 'change' ? 'The rollout ends; nothing is changed.' : 'The rollout ends here.';
}

/** The gate as a workflow's answer has it: of a rollout or policy change its own, of a pull request that of a pattern. */
function approvalIn(status: object, { subject }: ApprovalStatus): ApprovalStatus | undefined {
  const { approval, rollouts = [] } = status as {
    approval?: ApprovalStatus;
    rollouts?: { approval?: ApprovalStatus }[];
  };
  return [approval, ...rollouts.map((rollout) => rollout.approval)].find((one) => one?.subject === subject);
}
