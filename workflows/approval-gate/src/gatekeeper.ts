import { condition } from '@temporalio/workflow';
import {
  Decision,
  formatTime,
  type ApprovalRules,
  type ApprovalStatus,
  type DecisionRequest,
  type Failure,
  type TakenDecision,
  type WindowState,
} from '@meshwright/model';
import { failRun } from '@meshwright/workflow-kit';
import {
  escalate,
  openApproval,
  outcomeOf,
  unknownIn,
  type GateSubject,
  type GateTerms,
} from './approval.ts';
import { checkDecision } from './refusal.ts';
import { partIn, peopleOf, type Askers } from './people.ts';
import { askTimes, type GateTimes } from './rules.ts';

/** A workflow that has gates, as its gates see it. */
export interface Gated {
  repository: string;
  /** What it tells; the gate that waits, or waited last, is in it. */
  status: { approval?: ApprovalStatus; decisions: TakenDecision[]; waitingFor?: string };
  /** Who is who; absent where the repository has no policy. */
  rules: ApprovalRules | undefined;
  askers: Askers;
  /** Shows the status, and tells who follows it. */
  publish(): void;
}

export interface GateOptions {
  terms: GateTerms;
  /** Absent where it may begin at any time. */
  times?: GateTimes;
  /** What was decided on the same subject before, elsewhere: it counts where it would be taken here. */
  earlier?: readonly DecisionRequest[];
  /** Whether nobody has to decide any more. */
  isOver: () => boolean;
}

/** How a gate ends. */
export type GateEnd =
  | { end: 'open' }
  | { end: 'over' }
  | { end: 'expired'; failure: Failure }
  | { end: 'rejected'; by: TakenDecision; failure: Failure };

/**
 * Takes a decision on the gate that waits, or refuses it; the answer of the update `decide` and, with `dry`, its validator.
 * @throws ApplicationFailure with the refusal.
 */
export function takeDecision(gated: Gated, request: DecisionRequest, dry: boolean): void {
  const { status, rules, askers } = gated;
  const { approval } = status;
  const checked = checkDecision(request, approval, { rules, askers, now: Date.now() });
  if ('refusal' in checked) throw failRun(checked.refusal, {});
  if (dry || approval === undefined) return;
  note(gated, approval, request, checked.decider.name);
  gated.publish();
}

function note({ status }: Gated, approval: ApprovalStatus, request: DecisionRequest, person: string): void {
  const { decision, account, reason, from } = request;
  const taken: TakenDecision = {
    decision,
    person,
    account,
    ...(reason === undefined ? {} : { reason }),
    from,
    gate: approval.gate,
    subject: approval.subject,
    at: Date.now(),
  };
  status.decisions.push(taken);
  if (decision === Decision.hold) approval.held = taken;
  else if (decision === Decision.release) delete approval.held;
  else approval.decisions.push(taken);
}

/**
 * Opens a gate and waits until it lets through: it is decided, nobody holds it, and changes may begin. The same gate on
 * the same subject is taken up as it stands, also where it has let through before. Says itself what is waited for.
 */
export async function passGate(
  gated: Gated,
  subject: GateSubject,
  { terms, times, earlier = [], isOver }: GateOptions,
): Promise<GateEnd> {
  const approval = gateFor(gated, subject, terms);
  for (const request of earlier) recall(gated, approval, request);
  let closed: WindowState = {};
  for (;;) {
    // What is decided while the times are asked for is looked at as well.
    const seen = gated.status.decisions.length;
    show(gated, approval, terms);
    const outcome = outcomeOf(approval, gated.rules);
    if (isOver() || gated.status.approval !== approval) return { end: 'over' };
    if (outcome === 'rejected') return settle(gated, approval, rejection(approval));
    if (outcome === 'forced') return settle(gated, approval, { end: 'open' });
    if (outcome === undefined && Date.now() >= approval.expiresAt) {
      return settle(gated, approval, expiry(approval));
    }
    if (outcome === 'approved' && approval.held === undefined) {
      closed = await askTimes(gated, times);
      noteClosed(approval, closed);
      if (closed.reason === undefined && stillOpen(gated, approval)) {
        return settle(gated, approval, { end: 'open' });
      }
      show(gated, approval, terms);
    }
    await nextMove(gated, approval, { terms, isOver, seen, until: closed.until });
  }
}

/** Nothing may have happened while the times were asked for. */
function stillOpen({ status, rules }: Gated, approval: ApprovalStatus): boolean {
  return (
    status.approval === approval && approval.held === undefined && outcomeOf(approval, rules) === 'approved'
  );
}

function gateFor(gated: Gated, subject: GateSubject, terms: GateTerms): ApprovalStatus {
  const { status, rules } = gated;
  const before = status.approval;
  if (before?.gate === subject.gate && before.subject === subject.subject) return before;
  const approval = openApproval(subject, terms, rules, Date.now());
  status.approval = approval;
  return approval;
}

/** A decision that was made on a pull request counts where it would be taken here and now. */
function recall(gated: Gated, approval: ApprovalStatus, request: DecisionRequest): void {
  if (request.decision !== Decision.approve && request.decision !== Decision.reject) return;
  const { rules, askers } = gated;
  const here = { ...request, run: approval.run };
  const checked = checkDecision(here, approval, { rules, askers, now: Date.now() });
  if ('decider' in checked) note(gated, approval, here, checked.decider.name);
}

function noteClosed(approval: ApprovalStatus, closed: WindowState): void {
  if (closed.reason === undefined) delete approval.closed;
  else approval.closed = closed;
}

interface Moves extends Pick<GateOptions, 'terms' | 'isOver'> {
  /** How many decisions have been looked at. */
  seen: number;
  /** When the times are asked for again. */
  until: number | undefined;
}

/** Waits until somebody decides, or a moment comes at which something changes by itself. */
async function nextMove(
  gated: Gated,
  approval: ApprovalStatus,
  { terms, isOver, seen, until }: Moves,
): Promise<void> {
  const moved = (): boolean =>
    gated.status.decisions.length > seen || gated.status.approval !== approval || isOver();
  const moment = wakesAt(gated, approval, until);
  if (moment === undefined) await condition(moved);
  else await condition(moved, Math.max(1, moment - Date.now()));
  const { escalatesAt, escalated } = approval;
  if (escalatesAt !== undefined && escalated === undefined && Date.now() >= escalatesAt) {
    escalate(approval, terms, gated.rules);
  }
}

function wakesAt({ rules }: Gated, approval: ApprovalStatus, until: number | undefined): number | undefined {
  if (outcomeOf(approval, rules) !== undefined) return approval.held === undefined ? until : undefined;
  const { escalatesAt, escalated, expiresAt } = approval;
  return escalated === undefined && escalatesAt !== undefined ? Math.min(escalatesAt, expiresAt) : expiresAt;
}

function settle<End extends GateEnd>(gated: Gated, approval: ApprovalStatus, end: End): End {
  approval.settledAt = Date.now();
  delete gated.status.waitingFor;
  gated.publish();
  return end;
}

function rejection(approval: ApprovalStatus): GateEnd {
  const by = approval.decisions.find(({ decision }) => decision === Decision.reject);
  if (by === undefined) throw new Error('A rejected gate has a rejection.');
  const why = by.reason === undefined ? '' : `: ${by.reason}`;
  return {
    end: 'rejected',
    by,
    failure: {
      code: 'APPROVAL_REJECTED',
      message: `${by.person} rejected the plan${why}`,
      remedy: 'Change the pattern and commit again.',
    },
  };
}

function expiry({ expiresAt }: ApprovalStatus): GateEnd {
  return {
    end: 'expired',
    failure: {
      code: 'APPROVAL_EXPIRED',
      message: `Nobody approved the plan until ${formatTime(expiresAt)}.`,
      remedy: 'Commit again, or start the rollout again, when somebody can decide.',
    },
  };
}

function show(gated: Gated, approval: ApprovalStatus, terms: GateTerms): void {
  gated.status.waitingFor = waitOf(approval, gated, terms);
  gated.publish();
}

/** What a gate is waiting for, in words people are shown. */
function waitOf(approval: ApprovalStatus, { rules, askers }: Gated, terms: GateTerms): string {
  const { held, closed, authorMayDecide, expiresAt, gate } = approval;
  if (held !== undefined) {
    const why = held.reason === undefined ? '' : `: ${held.reason}`;
    return `${held.person}, who holds it, to release it${why}`;
  }
  if (closed?.reason !== undefined && outcomeOf(approval, rules) === 'approved') {
    return `the time for changes: ${closed.reason}`;
  }
  const what = authorMayDecide === true ? 'a confirmation' : 'an approval';
  const place = gate === 'change' ? '' : ` ${approval.title}`;
  return `${what}${place}, until ${formatTime(expiresAt)}${shortage(approval, { rules, askers }, terms)}`;
}

/** Says so where fewer people may approve than have to. */
function shortage(
  approval: ApprovalStatus,
  { rules, askers }: Pick<Gated, 'rules' | 'askers'>,
  terms: GateTerms,
): string {
  if (rules === undefined || !terms.required) return '';
  const may = eligible(approval, rules, askers);
  if (may.length >= approval.quorum) return '';
  const have = may.length === 0 ? 'nobody' : `only ${may.join(', ')}`;
  return ` (${approval.quorum} needed, but ${have} may approve this: the others have a part in it or are not known)`;
}

/** The people who may approve and have an account to do it with. */
function eligible({ approvers }: ApprovalStatus, rules: ApprovalRules, askers: Askers): string[] {
  const may = peopleOf(approvers, rules);
  return rules.people
    .filter((person) => may.includes(person.name) && person.accounts.length > 0)
    .filter((person) => partIn(askers, { name: person.name, person }) === undefined)
    .map(({ name }) => name);
}

/** Why a gate of these terms could never open; undefined where it can. */
export function impossible(terms: GateTerms, rules: ApprovalRules | undefined): Failure | undefined {
  const unknown = unknownIn(terms, rules);
  if (unknown.length === 0) return undefined;
  const where =
    rules === undefined
      ? 'the repository has no policy file'
      : 'the policy file of the repository does not have';
  return {
    code: 'INVALID_POLICY',
    message:
      rules === undefined
        ? `The pattern asks for an approval of ${unknown.join(', ')}, and ${where} that says who that is.`
        : `The pattern asks for an approval of ${unknown.join(', ')}, which ${where}.`,
    remedy: 'Add them to approvals.yaml, or correct spec.approval of the pattern.',
  };
}
