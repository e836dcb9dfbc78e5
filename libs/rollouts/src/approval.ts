import {
  type Account,
  type ApprovalStatus,
  Decision,
  type DecisionRequest,
  type TakenDecision,
} from '@meshwright/model';

/** Who may decide, in words. */
export function whoMayApprove({ approvers, authorMayDecide }: ApprovalStatus): string {
  if (approvers.length > 0) return approvers.join(', ');
  return authorMayDecide === true ? 'anyone' : 'anyone but the author';
}

const verbs: Readonly<Record<Decision, string>> = {
  approve: 'approved',
  reject: 'rejected',
  hold: 'held',
  release: 'released',
  'break-glass': 'opened without its quorum',
};

/** `approved by Ada`. */
export function describeDecision({ decision, person }: Pick<TakenDecision, 'decision' | 'person'>): string {
  return `${verbs[decision]} by ${person}`;
}

/** How many approvals a gate has. */
export function countApprovals({ decisions }: Pick<ApprovalStatus, 'decisions'>): number {
  return decisions.filter(({ decision }) => decision === Decision.approve).length;
}

/** What somebody decides on exactly this gate, as it was seen. */
export function decisionOn(
  { run, gate, subject }: Pick<ApprovalStatus, 'run' | 'gate' | 'subject'>,
  {
    decision,
    account,
    from,
    reason,
  }: { decision: Decision; account: Account; from: string; reason?: string | undefined },
): DecisionRequest {
  return { run, gate, subject, decision, account, from, ...(reason === undefined ? {} : { reason }) };
}
