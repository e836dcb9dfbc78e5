import {
  type Account,
  type ApprovalStatus,
  Decision,
  type DecisionRequest,
  describeAccount,
  describeDecision,
  type TakenDecision,
} from '@meshwright/model';
import { formatAge, formatDuration, formatTime } from '@meshwright/wording';

/** Who may decide, in words. */
export function whoMayApprove({ approvers, authorMayDecide }: ApprovalStatus): string {
  if (approvers.length > 0) return approvers.join(', ');
  return authorMayDecide === true ? 'anyone' : 'anyone but the author';
}

const digitsOfSubject = 12;

/**
 * Who decided what, when, from where, on what and why: `approved by ada (slack U024BE7LH), 2m 3s ago from #mesh, at gate
 * change on sha256:0123456789ab: looks good`. Its words are as they came: whoever shows them escapes them.
 */
export function describeTaken(taken: TakenDecision, now: number): string {
  const { account, at, from, gate, subject } = taken;
  const digest = subject.slice(0, 'sha256:'.length + digitsOfSubject);
  return `${describeDecision(taken)} (${describeAccount(account)}), ${formatAge(at, now)} from ${from}, at gate ${gate} on ${digest}${because(taken)}`;
}

function because({ reason }: TakenDecision): string {
  return reason === undefined ? '' : `: ${reason}`;
}

const mostNamed = 10;

/** What a gate that waits asks for and what it has: a label and its text, as it came, for each fact. */
export function gateFacts(approval: ApprovalStatus, now: number): [label: string, text: string][] {
  const { quorum, requiredGroups, confirms = [], held, closed, expiresAt, escalatesAt, subject } = approval;
  const groups = requiredGroups.length === 0 ? '' : `, one of each of ${requiredGroups.join(', ')}`;
  const needed = quorum === 0 ? 'nobody has to' : `${countApprovals(approval)} of ${quorum}`;
  const facts: [string, string][] = [['approved', `${needed}, from ${whoMayApprove(approval)}${groups}`]];
  const people = peopleOf(approval);
  if (people !== undefined) facts.push(['these may', people]);
  for (const reason of confirms) facts.push(['to confirm', reason]);
  if (held !== undefined)
    facts.push(['held', `by ${held.person}, ${formatAge(held.at, now)}${because(held)}`]);
  if (closed?.reason !== undefined) facts.push(['not now', closed.reason]);
  if (escalatesAt !== undefined && approval.escalated === undefined) {
    facts.push(['escalates', `${formatTime(escalatesAt)}: then others may decide as well`]);
  }
  facts.push(['expires', `${formatTime(expiresAt)}, in ${formatDuration(expiresAt - now)}`]);
  facts.push(['subject', subject]);
  return facts;
}

function peopleOf({ may }: ApprovalStatus): string | undefined {
  if (may === undefined) return undefined;
  if (may.length === 0) return 'nobody whom the policy knows';
  const more = may.length > mostNamed ? ` and ${may.length - mostNamed} more` : '';
  return `${may.slice(0, mostNamed).join(', ')}${more}`;
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
