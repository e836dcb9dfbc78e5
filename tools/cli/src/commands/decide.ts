import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { type ApprovalStatus, MeshwrightError, Phase, type RolloutStatus } from '@meshwright/model';
import { ExitCode } from '../exit-code.ts';
import { byHand, type StatedIdentity, statedIdentity } from '../identity.ts';
import { renderRollout } from '../render/rollout.ts';
import { escapeText, plural } from '@meshwright/wording';
import {
  decide,
  decisionOn,
  findRollout,
  readRollout,
  requireSameSubject,
  type RolloutReport,
} from '@meshwright/rollouts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';
import { showPlans } from './show-plans.ts';

interface Decision {
  decision: 'approve' | 'reject';
  rollout: string;
  subject?: string | undefined;
  as?: string | undefined;
  reason?: string | undefined;
  full?: true | undefined;
}

const identityNote =
  'Who decides is taken from --as, or from the Git configuration, or is the user of this machine: it is stated, not verified.';

/** `meshwright approve <rollout>`. */
export function createApproveCommand(session: Session): CommandUnknownOpts {
  const command = new Command('approve')
    .summary('approve the plans of a rollout')
    .description(
      `Shows what a rollout would change and approves exactly that: the subject is one digest over the plans of all its targets. ${identityNote}`,
    )
    .argument('<rollout>', '<pattern>@<commit>, a workflow id, or a pattern for its newest rollout')
    .option('--subject <digest>', 'the digest to approve; required unless a person can be asked')
    .option('--as <name>', 'who approves')
    .option('--full', 'show every object and field')
    .action(async (rollout, options) =>
      session.end(await takeDecision(session, { decision: 'approve', rollout, ...options })),
    );
  return withExamples(command, [
    ['meshwright approve checkout-mesh', 'read the plan, then answer yes'],
    ['meshwright approve checkout-mesh@4f1c2a9 --subject sha256:…', 'without a question, for scripts'],
  ]);
}

/** `meshwright reject <rollout>`. */
export function createRejectCommand(session: Session): CommandUnknownOpts {
  const command = new Command('reject')
    .summary('reject the plans of a rollout')
    .description(`Rejects what a rollout would change; it ends, and nothing is changed. ${identityNote}`)
    .argument('<rollout>', '<pattern>@<commit>, a workflow id, or a pattern for its newest rollout')
    .requiredOption('--reason <text>', 'why, for everyone who reads the rollout')
    .option('--subject <digest>', 'the digest to reject; required unless a person can be asked')
    .option('--as <name>', 'who rejects')
    .option('--full', 'show every object and field')
    .action(async (rollout, options) =>
      session.end(await takeDecision(session, { decision: 'reject', rollout, ...options })),
    );
  return withExamples(command, [
    ['meshwright reject checkout-mesh --reason "not before the sale"', 'read the plan, then answer yes'],
  ]);
}

async function takeDecision(session: Session, wanted: Decision): Promise<ExitCode> {
  const client = await session.temporal();
  const record = await findRollout(client, wanted.rollout);
  const report = await readRollout(client, record);
  const { status, approval } = awaitingApproval(report);
  requireSameSubject(status, approval);
  const stated = await statedIdentity(wanted.as, session.host.cwd);
  if (!session.options.json) await showSubject(session, report, status, wanted.full === true);
  const { decision, reason } = wanted;
  const subject = await agreedSubject(session, wanted, approval, stated);
  if (subject === undefined) {
    session.tell(['Nothing was decided.']);
    return ExitCode.waiting;
  }
  const { identity } = stated;
  const request = decisionOn({ ...approval, subject }, { ...byHand(stated), decision, reason });
  const after = await decide(client, record.rollout, request);
  if (session.options.json) session.printJson(after);
  else
    session.print([
      `${decision === 'approve' ? 'Approved' : 'Rejected'} by ${escapeText(identity)} (stated, not verified). ${whatFollows(after)}`,
    ]);
  return ExitCode.done;
}

/** The rollout itself moves on a moment after its answer: its phase is still the one before. */
function whatFollows({ approval }: RolloutStatus): string {
  if (approval === undefined) return '';
  const { decisions, quorum } = approval;
  if (decisions.some(({ decision }) => decision === 'reject')) return 'The rollout ends; nothing is changed.';
  const missing = quorum - decisions.length;
  return missing > 0 ? `${plural(missing, 'more approval')} needed.` : 'The rollout goes on.';
}

/** @throws MeshwrightError INVALID_INPUT unless the rollout waits for a decision. */
function awaitingApproval(report: RolloutReport): { status: RolloutStatus; approval: ApprovalStatus } {
  const { record, status } = report;
  if (status === undefined) {
    throw new MeshwrightError(
      'NOT_READY',
      `Nobody answers for ${record.rollout}, so its plan is not known.`,
      {
        remedy: `meshwright why ${record.rollout}`,
      },
    );
  }
  if (status.phase !== Phase.awaitingApproval || status.approval === undefined) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      `${record.rollout} does not wait for approval: it is ${status.phase}.`,
      {
        remedy: `meshwright status ${record.rollout}`,
      },
    );
  }
  return { status, approval: status.approval };
}

async function showSubject(
  session: Session,
  report: RolloutReport,
  status: RolloutStatus,
  full: boolean,
): Promise<void> {
  session.print([...renderRollout(report, session.view()), '']);
  await showPlans(
    session,
    status.targets.flatMap(({ plan }) => plan ?? []),
    full,
  );
}

/** The digest that is decided on, given or confirmed by a person; undefined when they do not confirm. */
async function agreedSubject(
  { host }: Session,
  { decision, subject }: Decision,
  approval: ApprovalStatus,
  { identity, source }: StatedIdentity,
): Promise<string | undefined> {
  if (subject !== undefined) {
    if (subject === approval.subject) return subject;
    throw new MeshwrightError('PLAN_MISMATCH', 'The plan is not the one that --subject names.', {
      lines: [`given: ${subject}`, `now:   ${approval.subject}`],
      remedy: 'Read the plan again; it has changed, or the digest is of another rollout.',
    });
  }
  if (!host.interactive) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      'Nobody can be asked here, so --subject must name what is decided on.',
      {
        remedy: `Read the plan above, then add --subject ${approval.subject}`,
      },
    );
  }
  const who = `${escapeText(identity)} (from ${source}; stated, not verified)`;
  const answer = await host.ask(
    `${decision === 'approve' ? 'Approve' : 'Reject'} this as ${who}? Type yes: `,
  );
  return answer?.trim() === 'yes' ? approval.subject : undefined;
}
