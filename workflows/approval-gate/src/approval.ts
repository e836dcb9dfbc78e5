import {
  Decision,
  type ApprovalRules,
  type ApprovalStatus,
  type ApprovalTerms,
  type TakenDecision,
} from '@meshwright/model';
import { peopleOf, unknownApprovers } from './people.ts';

/** What a gate is opened for. */
export interface GateSubject {
  gate: string;
  title: string;
  run: string;
  subject: string;
  confirms?: readonly string[];
}

/** What a gate asks for; without `required` it only asks for a confirmation, or for nothing but its time. */
export type GateTerms = ApprovalTerms & { required: boolean };

const mostNamed = 50;

/**
 * A gate on which nobody has decided yet. Where no approval is required and something only asks to be confirmed, one person
 * is enough, and it may be the one who asked: a confirmation is there against mistakes, not for a second pair of eyes.
 * Approvers that are named count all the same. Where there is nothing to confirm either, it waits for its time alone.
 */
export function openApproval(
  { gate, title, run, subject, confirms = [] }: GateSubject,
  terms: GateTerms,
  rules: ApprovalRules | undefined,
  now: number,
): ApprovalStatus {
  const { required, approvers, quorum, requiredGroups, expiresAfterSeconds, escalation } = terms;
  const asks = required || confirms.length > 0;
  return {
    gate,
    title,
    run,
    subject,
    approvers,
    quorum: required ? Math.max(1, quorum) : confirms.length > 0 ? 1 : 0,
    requiredGroups: required ? requiredGroups : [],
    openedAt: now,
    expiresAt: now + expiresAfterSeconds * 1_000,
    decisions: [],
    ...(rules === undefined ? {} : { may: peopleOf(approvers, rules).slice(0, mostNamed) }),
    ...(rules === undefined || rules.breakGlass.length === 0 ? {} : { breakGlass: [...rules.breakGlass] }),
    ...(escalation === undefined || !asks ? {} : { escalatesAt: now + escalation.afterSeconds * 1_000 }),
    ...(confirms.length === 0 ? {} : { confirms: [...confirms] }),
    ...(required ? {} : { authorMayDecide: true }),
  };
}

/** Lets others decide as well. */
export function escalate(
  approval: ApprovalStatus,
  { escalation }: GateTerms,
  rules: ApprovalRules | undefined,
): void {
  approval.escalated = true;
  // Where nobody is named, everybody who is known may decide already.
  if (escalation === undefined || approval.approvers.length === 0) return;
  approval.approvers = [...new Set([...approval.approvers, ...escalation.to])];
  if (rules !== undefined) approval.may = peopleOf(approval.approvers, rules).slice(0, mostNamed);
}

/** The approvers and groups of some terms that nobody has told anything about; such a gate could never open. */
export function unknownIn(terms: GateTerms, rules: ApprovalRules | undefined): string[] {
  const groups = terms.requiredGroups.map((group) => `group:${group}`);
  const named = [...terms.approvers, ...groups, ...(terms.escalation?.to ?? [])];
  if (rules === undefined) return terms.required ? groups : [];
  return [...new Set(unknownApprovers(named, rules))];
}

export type Outcome = 'approved' | 'rejected' | 'forced';

/**
 * What the decisions so far come to; undefined while more are needed. One rejection is enough to reject; `forced` is a
 * gate that somebody has broken.
 */
export function outcomeOf(approval: ApprovalStatus, rules?: ApprovalRules): Outcome | undefined {
  const { decisions, quorum, requiredGroups } = approval;
  if (decisions.some(({ decision }) => decision === Decision.reject)) return 'rejected';
  if (decisions.some(({ decision }) => decision === Decision.breakGlass)) return 'forced';
  const approved = approvalsOf(approval);
  const missing = requiredGroups.filter(
    (group) => !approved.some(({ person }) => rules?.groups[group]?.includes(person) === true),
  );
  return approved.length >= quorum && missing.length === 0 ? 'approved' : undefined;
}

/** The approvals of a gate. */
export function approvalsOf({ decisions }: ApprovalStatus): TakenDecision[] {
  return decisions.filter(({ decision }) => decision === Decision.approve);
}
