import type {
  ApprovalStatus,
  CommitInfo,
  DecisionRequest,
  Failure,
  PlanSummary,
  RolloutInput,
  ValidPattern,
} from '@meshwright/model';
import { Purpose } from '@meshwright/model';
import { sha256 } from '@meshwright/workflow-kit';
import { malformedPerson, samePerson } from './identity.ts';

/**
 * The digest that a decision is bound to: of one plan its own, of several the digest of theirs in the order of their
 * clusters.
 */
export function subjectOf(plans: readonly PlanSummary[]): string {
  const [only, ...others] = plans;
  if (only !== undefined && others.length === 0) return only.digest;
  const inOrder = plans.toSorted((a, b) => (a.cluster < b.cluster ? -1 : 1));
  return `sha256:${sha256(inOrder.map(({ digest }) => `${digest}\n`).join(''))}`;
}

/** What a plan asks to be confirmed, one reason each; an uninstall always does. */
export function confirmationsOf({ cluster, confirmations, purpose }: PlanSummary): string[] {
  if (confirmations.length > 0) return confirmations.map((reason) => `${cluster}: ${reason}`);
  return purpose === Purpose.uninstall ? [`${cluster}: the mesh is uninstalled`] : [];
}

/**
 * A gate for these plans on which nobody has decided yet. Where no approval is required and the plans only ask to be
 * confirmed, one person is enough, and it may be the one who asked: a confirmation is there against mistakes, not for a
 * second pair of eyes. Approvers that the pattern names count all the same.
 */
export function openApproval(
  { required, approvers, quorum, expiresAfterSeconds }: ValidPattern['approval'],
  plans: readonly PlanSummary[],
  now: number,
): ApprovalStatus {
  const confirms = plans.flatMap(confirmationsOf);
  return {
    subject: subjectOf(plans),
    approvers,
    quorum: required ? Math.max(1, quorum) : 1,
    expiresAt: now + expiresAfterSeconds * 1_000,
    decisions: [],
    ...(confirms.length === 0 ? {} : { confirms }),
    ...(required ? {} : { authorMayDecide: true }),
  };
}

/** What the decisions so far come to; undefined while more are needed. One rejection is enough to reject. */
export function outcomeOf({ decisions, quorum }: ApprovalStatus): 'approved' | 'rejected' | undefined {
  if (decisions.some(({ decision }) => decision === 'reject')) return 'rejected';
  return decisions.length >= quorum ? 'approved' : undefined;
}

/** Whose wish a rollout is: the commit's author's, and of the person who started it by hand. */
export interface Askers {
  commit: Pick<CommitInfo, 'author' | 'authorEmail'>;
  request?: Pick<NonNullable<RolloutInput['request']>, 'identity'>;
}

/**
 * Why a decision cannot be taken; undefined when it can. The approval is absent while the rollout asks for none. The
 * request comes from outside and may have any shape.
 */
export function refusalOf(
  request: unknown,
  approval: ApprovalStatus | undefined,
  askers: Askers,
  now: number,
): Failure | undefined {
  const malformed = malformedPart(request);
  if (malformed !== undefined) return refuse('INVALID_INPUT', malformed);
  const { subject, identity } = request as DecisionRequest;
  if (approval === undefined)
    return refuse('APPROVAL_REFUSED', 'This rollout does not wait for an approval.');
  if (outcomeOf(approval) !== undefined) return refuse('APPROVAL_REFUSED', 'This has been decided already.');
  if (now >= approval.expiresAt) return refuse('APPROVAL_EXPIRED', 'The time to decide is over.');
  if (subject !== approval.subject) {
    return refuse(
      'APPROVAL_REFUSED',
      `The decision is about ${subject}, but what waits is ${approval.subject}.`,
      'Look at the plan as it is now, and decide on that one.',
    );
  }
  return identityRefusal(identity, approval, askers);
}

function malformedPart(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null)
    return 'A decision is an object with a subject and an identity.';
  const { subject, decision, identity, reason } = request as Partial<Record<keyof DecisionRequest, unknown>>;
  if (typeof subject !== 'string') return 'The decision names no subject.';
  if (decision !== 'approve' && decision !== 'reject') return 'A decision is either approve or reject.';
  return malformedPerson(identity, reason);
}

function identityRefusal(
  identity: string,
  { approvers, decisions, authorMayDecide }: ApprovalStatus,
  { commit, request }: Askers,
): Failure | undefined {
  const role =
    samePerson(identity, commit.author) || samePerson(identity, commit.authorEmail)
      ? 'is the author of the commit'
      : request !== undefined && samePerson(identity, request.identity)
        ? 'asked for this rollout'
        : undefined;
  if (role !== undefined && authorMayDecide !== true) {
    return refuse(
      'APPROVAL_REFUSED',
      `${identity} ${role} and cannot decide on it.`,
      'Ask somebody else to decide.',
    );
  }
  if (approvers.length > 0 && !approvers.some((approver) => samePerson(approver, `user:${identity}`))) {
    return refuse(
      'APPROVAL_REFUSED',
      `${identity} is not among the approvers: ${approvers.join(', ')}.`,
      'Ask one of them. Membership of a group cannot be verified here: name its members as user:<name>.',
    );
  }
  if (decisions.some((earlier) => samePerson(earlier.identity, identity))) {
    return refuse('APPROVAL_REFUSED', `${identity} has decided already.`, 'Another approver has to decide.');
  }
  return undefined;
}

function refuse(code: string, message: string, remedy?: string): Failure {
  return { code, message, ...(remedy === undefined ? {} : { remedy }) };
}
