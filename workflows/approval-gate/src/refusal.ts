import {
  Decision,
  localService,
  type Account,
  type ApprovalRules,
  type ApprovalStatus,
  type DecisionRequest,
  type Failure,
} from '@meshwright/model';
import { outcomeOf } from './approval.ts';
import {
  deciderOf,
  malformedPerson,
  partIn,
  peopleOf,
  samePerson,
  type Askers,
  type Decider,
} from './people.ts';

/** What decisions are checked by, beside the gate itself. */
export interface Checks {
  rules: ApprovalRules | undefined;
  askers: Askers;
  /** Milliseconds since 1970. */
  now: number;
}

/** Who takes a decision, or why it cannot be taken. */
export type Checked = { decider: Decider } | { refusal: Failure };

/**
 * Whether a decision can be taken. The approval is absent while nothing waits for one. The request comes from outside and
 * may have any shape.
 */
export function checkDecision(
  request: unknown,
  approval: ApprovalStatus | undefined,
  checks: Checks,
): Checked {
  const malformed = malformedPart(request);
  if (malformed !== undefined) return refuse(malformed, undefined, 'INVALID_INPUT');
  const asked = request as DecisionRequest;
  if (approval === undefined) return refuse('Nothing waits for a decision here.');
  return (
    wrongPlace(asked, approval) ?? tooLate(asked, approval, checks) ?? checkPerson(asked, approval, checks)
  );
}

function malformedPart(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null)
    return 'A decision is an object with a run, a gate, a subject and an account.';
  const { run, gate, subject, decision, account, from, reason } = request as Partial<
    Record<keyof DecisionRequest, unknown>
  >;
  for (const [name, value] of Object.entries({ run, gate, subject, from })) {
    if (typeof value !== 'string' || value === '' || value.length > 1_000) {
      return `The decision names no ${name}.`;
    }
  }
  if (!Object.values(Decision).some((known) => known === decision)) {
    return `A decision is one of ${Object.values(Decision).join(', ')}.`;
  }
  return malformedAccount(account) ?? malformedPerson((account as Account).id, reason);
}

function malformedAccount(account: unknown): string | undefined {
  if (typeof account !== 'object' || account === null) return 'The request names nobody who makes it.';
  const { service, name } = account as Partial<Record<keyof Account, unknown>>;
  if (typeof service !== 'string' || service === '') return 'The account names no service.';
  return name === undefined ? undefined : malformedPerson(name, undefined);
}

function wrongPlace({ run, gate, subject }: DecisionRequest, approval: ApprovalStatus): Checked | undefined {
  if (run !== approval.run) return refuse('The decision was made on another run.', lookAgain);
  if (gate !== approval.gate) {
    return refuse(`The decision is about the gate ${gate}, but what waits is ${approval.gate}.`, lookAgain);
  }
  if (subject !== approval.subject) {
    return refuse(`The decision is about ${subject}, but what waits is ${approval.subject}.`, lookAgain);
  }
  return undefined;
}

const lookAgain = 'Look at the plan as it is now, and decide on that one.';

function tooLate(
  { decision }: DecisionRequest,
  approval: ApprovalStatus,
  { rules, now }: Checks,
): Checked | undefined {
  const counted = decision === Decision.approve || decision === Decision.reject;
  const outcome = outcomeOf(approval, rules);
  const over = approval.settledAt !== undefined || outcome === 'rejected' || outcome === 'forced';
  if (over || (decision === Decision.approve && outcome !== undefined)) {
    return refuse('This has been decided already.');
  }
  // What is decided waits for its time, or for its hold: that ends by itself, or with the run.
  const undecided = outcome === undefined;
  if (undecided && (counted || decision === Decision.breakGlass) && now >= approval.expiresAt) {
    return refuse('The time to decide is over.', undefined, 'APPROVAL_EXPIRED');
  }
  return undefined;
}

function checkPerson(request: DecisionRequest, approval: ApprovalStatus, checks: Checks): Checked {
  const { account, decision } = request;
  const decider = deciderOf(account, checks.rules);
  if (decider === undefined) return unknown(account, checks.rules);
  const refusal = roles[decision]({ request, approval, decider, ...checks });
  return refusal === undefined ? { decider } : { refusal };
}

function unknown({ service, id, name }: Account, rules: ApprovalRules | undefined): Checked {
  const who =
    name === undefined ? `The ${service} account ${id}` : `The ${service} account ${name} (id ${id})`;
  if (rules === undefined) {
    return refuse(
      `${who} cannot decide: the repository has no policy file that says whose it is.`,
      'Add approvals.yaml to the patterns repository, or decide with the command line.',
    );
  }
  return refuse(
    `${who} belongs to nobody in the approval policy.`,
    `Add it to a person in the policy file, as ${service}: "${id}".`,
  );
}

type Asked = { request: DecisionRequest; approval: ApprovalStatus; decider: Decider } & Checks;

const roles: Record<Decision, (asked: Asked) => Failure | undefined> = {
  approve: (asked) => notApprover(asked) ?? decidedBefore(asked),
  reject: (asked) => notApprover(asked) ?? decidedBefore(asked),
  hold: ({ approval }) =>
    approval.held === undefined ? undefined : failure(`${approval.held.person} holds it already.`),
  release: (asked) => {
    const { approval, decider } = asked;
    if (approval.held === undefined) return failure('Nobody holds it.');
    return approval.held.person === decider.name ? undefined : notApprover(asked);
  },
  [Decision.breakGlass]: ({ request, rules, decider }) => {
    if (!rules?.breakGlass.includes(decider.name)) {
      return failure(
        `${decider.name} may not break the glass.`,
        'Only those whom the policy file names under breakGlass may.',
      );
    }
    return request.reason === undefined || request.reason.trim() === ''
      ? failure('Breaking the glass takes a reason.')
      : undefined;
  },
};

function notApprover({ approval, decider, rules, askers }: Asked): Failure | undefined {
  const part = approval.authorMayDecide === true ? undefined : partIn(askers, decider);
  if (part !== undefined) {
    return failure(`${decider.name} ${part} and cannot decide on it.`, 'Ask somebody else to decide.');
  }
  const { approvers } = approval;
  if (rules !== undefined) {
    const may = peopleOf(approvers, rules);
    if (may.includes(decider.name)) return undefined;
    return failure(
      `${decider.name} is not among the approvers: ${approvers.join(', ')}.`,
      may.length === 0 ? 'The policy file knows none of them.' : `Ask one of ${may.slice(0, 20).join(', ')}.`,
    );
  }
  const stated = approvers.some((approver) => samePerson(approver, `user:${decider.name}`));
  if (approvers.length === 0 || stated) return undefined;
  return failure(
    `${decider.name} is not among the approvers: ${approvers.join(', ')}.`,
    'Ask one of them. Who is in a group is said by a policy file, approvals.yaml, which the repository does not have.',
  );
}

function decidedBefore({ request, approval, decider }: Asked): Failure | undefined {
  const before = approval.decisions.find(
    ({ person, decision }) =>
      samePerson(person, decider.name) && (decision === Decision.approve || decision === Decision.reject),
  );
  if (before === undefined) return undefined;
  const { account, decision } = before;
  const other =
    account.service === request.account.service && account.id === request.account.id
      ? ''
      : ` with another account, of ${account.service === localService ? 'the command line' : account.service}`;
  const what = decision === request.decision ? 'has decided already' : `has said ${decision} already`;
  return failure(`${decider.name} ${what}${other}.`, 'Another approver has to decide.');
}

function failure(message: string, remedy?: string, code = 'APPROVAL_REFUSED'): Failure {
  return { code, message, ...(remedy === undefined ? {} : { remedy }) };
}

function refuse(message: string, remedy?: string, code?: string): Checked {
  return { refusal: failure(message, remedy, code) };
}
