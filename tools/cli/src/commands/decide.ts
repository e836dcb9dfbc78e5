import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { Decision, Gate, MeshwrightError } from '@meshwright/model';
import { approveCommand, requireSameSubject, type WaitingGate } from '@meshwright/rollouts';
import { chooseGate } from '../deciding/choose.ts';
import { type Desk, openDesk, type Seen } from '../deciding/desk.ts';
import { whatFollows } from '../deciding/follows.ts';
import { ExitCode } from '../exit-code.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';
import { showSubject } from './show-subject.ts';

const identityNote =
  'Who decides is taken from --as, or from the Git configuration, or is the user of this machine: it is stated, not ' +
  'verified. With --gateway (or MESHWRIGHT_GATEWAY) and MESHWRIGHT_TOKEN the gateway verifies it.';

const argument =
  '<pattern>@<commit>, or a pattern for its newest rollout; policy:<repository>@<commit>, pull-request:<repository>#<number>';

/** The option that sends decisions through a gateway. */
export const gatewayOption = [
  '--gateway <url>',
  'the gateway to ask, with the token in MESHWRIGHT_TOKEN; MESHWRIGHT_GATEWAY by default',
] as const;

interface Wanted {
  decision: Decision;
  subject?: string | undefined;
  as?: string | undefined;
  reason?: string | undefined;
  gateway?: string | undefined;
  full?: true | undefined;
}

/** `meshwright approve <rollout>`. */
export function createApproveCommand(session: Session): CommandUnknownOpts {
  const command = new Command('approve')
    .summary('approve what waits: a rollout, a policy change, a pull request')
    .description(
      'Shows what would be changed and approves exactly that: the subject is one digest over the plans of all targets. ' +
        `With --break-glass it goes ahead at once, for those whom the approval policy names for that. ${identityNote}`,
    )
    .argument('<what>', argument)
    .option(
      '--subject <digest>',
      'the digest to approve, or its first digits; required unless a person can be asked',
    )
    .option('--break-glass', 'go ahead without the quorum and outside of the windows; needs --reason')
    .option('--reason <text>', 'why, for everyone who reads it')
    .option('--as <name>', 'who approves')
    .option(...gatewayOption)
    .option('--full', 'show every object and field')
    .action(async (what, { breakGlass, ...options }) => {
      const decision = breakGlass === true ? Decision.breakGlass : Decision.approve;
      session.end(await takeDecision(session, what, { decision, ...options }));
    });
  return withExamples(command, [
    ['meshwright approve checkout-mesh', 'read the plan, then answer yes'],
    ['meshwright approve checkout-mesh@4f1c2a9 --subject sha256:…', 'without a question, for scripts'],
    ['meshwright approve policy:patterns@4f1c2a9b3d5e', 'a change of who may decide'],
    [
      'meshwright approve checkout-mesh --break-glass --reason "certificates expire at noon"',
      'in an emergency',
    ],
  ]);
}

/** `meshwright reject <rollout>`. */
export function createRejectCommand(session: Session): CommandUnknownOpts {
  const command = new Command('reject')
    .summary('reject what waits')
    .description(`Rejects what would be changed: nothing more of it is changed. ${identityNote}`)
    .argument('<what>', argument)
    .requiredOption('--reason <text>', 'why, for everyone who reads it')
    .option(
      '--subject <digest>',
      'the digest to reject, or its first digits; required unless a person can be asked',
    )
    .option('--as <name>', 'who rejects')
    .option(...gatewayOption)
    .option('--full', 'show every object and field')
    .action(async (what, options) =>
      session.end(await takeDecision(session, what, { decision: Decision.reject, ...options })),
    );
  return withExamples(command, [
    ['meshwright reject checkout-mesh --reason "not before the sale"', 'read the plan, then answer yes'],
  ]);
}

/** `meshwright hold <rollout>`. */
export function createHoldCommand(session: Session): CommandUnknownOpts {
  const command = new Command('hold')
    .summary('keep what waits from going ahead')
    .description(
      `Keeps a gate shut, whatever is decided at it, until somebody releases it. Anybody who is known may. ${identityNote}`,
    )
    .argument('<what>', argument)
    .option('--reason <text>', 'why, for everyone who reads it')
    .option('--subject <digest>', 'of several that wait, which')
    .option('--as <name>', 'who holds it')
    .option(...gatewayOption)
    .action(async (what, options) =>
      session.end(await takeDecision(session, what, { decision: Decision.hold, ...options })),
    );
  return withExamples(command, [
    [
      'meshwright hold checkout-mesh --reason "I am looking at the diff"',
      'nobody can let it through meanwhile',
    ],
  ]);
}

/** `meshwright release <rollout>`. */
export function createReleaseCommand(session: Session): CommandUnknownOpts {
  const command = new Command('release')
    .summary('let go of what was held')
    .description(
      `Lets go of a gate that was held: what is approved goes ahead. Whoever holds it may, and those who may approve. ${identityNote}`,
    )
    .argument('<what>', argument)
    .option('--reason <text>', 'why, for everyone who reads it')
    .option('--subject <digest>', 'of several that wait, which')
    .option('--as <name>', 'who releases it')
    .option(...gatewayOption)
    .action(async (what, options) =>
      session.end(await takeDecision(session, what, { decision: Decision.release, ...options })),
    );
  return withExamples(command, [['meshwright release checkout-mesh', 'go on as it was decided']]);
}

async function takeDecision(session: Session, what: string, wanted: Wanted): Promise<ExitCode> {
  requireReason(wanted);
  const desk = await openDesk(session, wanted);
  try {
    const seen = await desk.look(what);
    const gate = chooseGate(seen, wanted.subject);
    requireShown(seen, gate);
    if (!(await isAgreed(session, { desk, seen, gate, wanted }))) {
      session.tell(['Nothing was decided.']);
      return ExitCode.waiting;
    }
    const { decision, reason } = wanted;
    const after = await desk.decide(gate, { decision, reason });
    if (session.options.json) session.printJson(after);
    else
      session.print([`${told[decision]} ${desk.signature}. ${whatFollows(gate, decision, after)}`.trimEnd()]);
    return ExitCode.done;
  } finally {
    await desk.close();
  }
}

const told: Readonly<Record<Decision, string>> = {
  approve: 'Approved',
  reject: 'Rejected',
  hold: 'Held',
  release: 'Released',
  'break-glass': 'Let go ahead, without its quorum,',
};

function requireReason({ decision, reason }: Wanted): void {
  if (decision !== Decision.breakGlass || (reason ?? '').trim() !== '') return;
  throw new MeshwrightError('INVALID_INPUT', 'Breaking the glass takes a reason.', {
    remedy: 'Say why with --reason, for everyone who reads it.',
  });
}

/** What a person reads is what they decide on: the digest of the plans is worked out here again. */
function requireShown({ rollouts }: Seen, { approval }: WaitingGate): void {
  // The gates of waves and verdicts are about parts of a rollout, which its status does not tell apart.
  if (approval.gate !== Gate.change) return;
  const rollout = rollouts.find((one) => one.approval?.subject === approval.subject);
  if (rollout !== undefined) requireSameSubject(rollout, approval);
}

interface Asking {
  desk: Desk;
  seen: Seen;
  gate: WaitingGate;
  wanted: Wanted;
}

/** A hold and its release change nothing that is decided; all else is read and confirmed, or named by its digest. */
async function isAgreed(session: Session, { desk, seen, gate, wanted }: Asking): Promise<boolean> {
  const { decision, subject, full } = wanted;
  if (decision === Decision.hold || decision === Decision.release) return true;
  if (!session.options.json) await showSubject(session, seen, gate, full === true);
  if (subject !== undefined) return true;
  if (!session.host.interactive) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      'Nobody can be asked here, so --subject must name what is decided on.',
      { remedy: `Read the plan above, then: ${approveCommand(gate.workflow, gate.approval.subject)}` },
    );
  }
  const answer = await session.host.ask(`${questions[decision]} as ${desk.who}? Type yes: `);
  return answer?.trim() === 'yes';
}

const questions = {
  [Decision.approve]: 'Approve this',
  [Decision.reject]: 'Reject this',
  [Decision.breakGlass]: 'Break the glass and let this go ahead now',
} as const;
