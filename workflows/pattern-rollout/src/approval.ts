import type {
  ApprovalStatus,
  CommitInfo,
  DecisionRequest,
  Failure,
  PlanSummary,
  ValidPattern,
} from '@meshwright/model';
import { sha256 } from '@meshwright/workflow-kit';

const longestIdentity = 200;
const longestReason = 1_000;
/** Control characters and those that reorder text: a name that holds them could pass for another. */
const deceptive = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

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

/** A gate for these plans on which nobody has decided yet. */
export function openApproval(
  { approvers, quorum, expiresAfterSeconds }: ValidPattern['approval'],
  plans: readonly PlanSummary[],
  now: number,
): ApprovalStatus {
  return {
    subject: subjectOf(plans),
    approvers,
    quorum: Math.max(1, quorum),
    expiresAt: now + expiresAfterSeconds * 1_000,
    decisions: [],
  };
}

/** What the decisions so far come to; undefined while more are needed. One rejection is enough to reject. */
export function outcomeOf({ decisions, quorum }: ApprovalStatus): 'approved' | 'rejected' | undefined {
  if (decisions.some(({ decision }) => decision === 'reject')) return 'rejected';
  return decisions.length >= quorum ? 'approved' : undefined;
}

/**
 * Why a decision cannot be taken; undefined when it can. The approval is absent while the rollout asks for none. The
 * request comes from outside and may have any shape.
 */
export function refusalOf(
  request: unknown,
  approval: ApprovalStatus | undefined,
  author: Pick<CommitInfo, 'author' | 'authorEmail'>,
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
  return identityRefusal(identity, approval, author);
}

function malformedPart(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null)
    return 'A decision is an object with a subject and an identity.';
  const { subject, decision, identity, reason } = request as Partial<Record<keyof DecisionRequest, unknown>>;
  if (typeof subject !== 'string') return 'The decision names no subject.';
  if (decision !== 'approve' && decision !== 'reject') return 'A decision is either approve or reject.';
  if (typeof identity !== 'string' || identity.trim() === '')
    return 'The decision names nobody who makes it.';
  if (identity.length > longestIdentity || identity !== identity.trim() || deceptive.test(identity)) {
    return `An identity has at most ${longestIdentity} visible characters, without spaces around them.`;
  }
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > longestReason)) {
    return `A reason has at most ${longestReason} characters.`;
  }
  return undefined;
}

function identityRefusal(
  identity: string,
  { approvers, decisions }: ApprovalStatus,
  { author, authorEmail }: Pick<CommitInfo, 'author' | 'authorEmail'>,
): Failure | undefined {
  if (same(identity, author) || same(identity, authorEmail)) {
    return refuse(
      'APPROVAL_REFUSED',
      `${identity} is the author of the commit and cannot decide on it.`,
      'Ask somebody else to decide.',
    );
  }
  if (approvers.length > 0 && !approvers.some((approver) => same(approver, `user:${identity}`))) {
    return refuse(
      'APPROVAL_REFUSED',
      `${identity} is not among the approvers: ${approvers.join(', ')}.`,
      'Ask one of them. Membership of a group cannot be verified here: name its members as user:<name>.',
    );
  }
  if (decisions.some((earlier) => same(earlier.identity, identity))) {
    return refuse('APPROVAL_REFUSED', `${identity} has decided already.`, 'Another approver has to decide.');
  }
  return undefined;
}

function same(a: string, b: string): boolean {
  return a.normalize('NFKC').toLowerCase() === b.normalize('NFKC').toLowerCase();
}

function refuse(code: string, message: string, remedy?: string): Failure {
  return { code, message, ...(remedy === undefined ? {} : { remedy }) };
}
