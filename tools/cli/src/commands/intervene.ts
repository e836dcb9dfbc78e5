import { Command as CommandLine, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Client } from '@temporalio/client';
import { type Command, MeshwrightError, Phase, shortName } from '@meshwright/model';
import { ExitCode } from '../exit-code.ts';
import { statedIdentity } from '../identity.ts';
import { renderRollout } from '../render/rollout.ts';
import { escapeText } from '@meshwright/wording';
import {
  command as send,
  findRollout,
  phaseOfReport,
  readRollout,
  type RolloutReport,
} from '@meshwright/rollouts';
import type { Session } from '../session.ts';
import { byHandNote } from './by-hand.ts';
import { confirm } from './confirm.ts';
import { withExamples } from './examples.ts';
import { follow } from './watch.ts';

/** A command for a running rollout, with the options that go with it. */
export interface Intervene {
  command: Command;
  as?: string | undefined;
  reason?: string | undefined;
  yes?: true | undefined;
  wait?: true | undefined;
}

const rolloutArgument = '<pattern>@<commit>, a workflow id, or a pattern for its newest rollout';

/** `meshwright pause <rollout>`. */
export function createPauseCommand(session: Session): CommandUnknownOpts {
  const command = new CommandLine('pause')
    .summary('let a change wait before its next stage')
    .description(
      `Lets a rollout wait before its next stage, or before it starts changing anything. The stage that runs comes to its end. ${byHandNote}`,
    )
    .argument('<rollout>', rolloutArgument)
    .option('--reason <text>', 'why, for everyone who reads the rollout')
    .option('--as <name>', 'who asks')
    .action(async (name, options) => session.end(await ask(session, name, { command: 'pause', ...options })));
  return withExamples(command, [
    ['meshwright pause checkout-mesh --reason "sale until noon"', 'before the next stage'],
  ]);
}

/** `meshwright resume <rollout>`. */
export function createResumeCommand(session: Session): CommandUnknownOpts {
  const command = new CommandLine('resume')
    .summary('let a paused change go on')
    .description(`Lets a rollout go on that was paused. ${byHandNote}`)
    .argument('<rollout>', rolloutArgument)
    .option('--reason <text>', 'why, for everyone who reads the rollout')
    .option('--as <name>', 'who asks')
    .option('--wait', 'follow it until it is over')
    .action(async (name, options) =>
      session.end(await ask(session, name, { command: 'resume', ...options })),
    );
  return withExamples(command, [['meshwright resume checkout-mesh --wait', 'and follow it to its end']]);
}

/** `meshwright cancel <rollout>`. */
export function createCancelCommand(session: Session): CommandUnknownOpts {
  const command = new CommandLine('cancel')
    .summary('end a rollout')
    .description(
      'Ends a rollout that runs: what waits changes nothing, what is being changed is treated as after a failure, and a ' +
        `change that has stopped ends as it is. ${byHandNote}`,
    )
    .argument('<rollout>', rolloutArgument)
    .option('--reason <text>', 'why, for everyone who reads the rollout')
    .option('--as <name>', 'who asks')
    .option('--yes', 'without a question')
    .option('--wait', 'follow it until it is over')
    .action(async (name, options) =>
      session.end(await ask(session, name, { command: 'cancel', ...options })),
    );
  return withExamples(command, [
    ['meshwright cancel checkout-mesh', 'see where it stands, then answer yes'],
    ['meshwright cancel checkout-mesh@4f1c2a9 --yes --reason "wrong branch"', 'for scripts'],
  ]);
}

async function ask(session: Session, name: string, wanted: Intervene): Promise<ExitCode> {
  const client = await session.temporal();
  return intervene(session, client, await readRollout(client, await findRollout(client, name)), wanted);
}

/**
 * Sends a command to a running rollout; a person is asked before one that ends it or takes it back.
 * @throws MeshwrightError INVALID_INPUT when it is over, and the rollout's own refusal.
 */
export async function intervene(
  session: Session,
  client: Client,
  report: RolloutReport,
  { command, as, reason, yes, wait }: Intervene,
): Promise<ExitCode> {
  const { record } = report;
  requireRunning(report);
  const { identity } = await statedIdentity(as, session.host.cwd);
  const question = questionFor(command, phaseOfReport(report));
  if (question !== undefined) {
    if (yes !== true && !session.options.json) session.print([...renderRollout(report, session.view()), '']);
    const text = `${question} As ${escapeText(identity)} (stated, not verified)?`;
    if (!(await confirm(session, text, { given: yes === true, flag: '--yes' }))) {
      session.tell(['Nothing was asked of it.']);
      return ExitCode.waiting;
    }
  }
  const request = { command, identity, ...(reason === undefined ? {} : { reason }) };
  const status = await send(client, record, request);
  if (session.options.json && wait !== true) session.printJson(status);
  if (!session.options.json) {
    session.print([
      escapeText(`${record.rollout}: ${command} asked for by ${identity}.`),
      ...(wait === true ? [] : [`Follow it: meshwright watch ${escapeText(shortName(record.rollout))}`]),
    ]);
  }
  return wait === true ? follow(session, client, record) : ExitCode.done;
}

function requireRunning(report: RolloutReport): void {
  const { record } = report;
  if (record.state === 'running') return;
  throw new MeshwrightError(
    'INVALID_INPUT',
    `${record.rollout} is over: it is ${phaseOfReport(report) ?? record.state}.`,
    { remedy: `See what was done: meshwright history ${shortName(record.rollout).replace(/@.*$/, '')}` },
  );
}

/** What a person is asked first; undefined for what changes nothing by itself. */
function questionFor(command: Command, phase: Phase | undefined): string | undefined {
  if (command === 'rollback') return 'Take back what it has done so far?';
  if (command !== 'cancel') return undefined;
  if (phase === Phase.stopped) return 'End it as it is now, with nothing taken back?';
  if (phase === Phase.changing || phase === Phase.measuring || phase === Phase.paused)
    return 'End it, as after a failure? What it has done is taken back, unless the pattern says to stop there.';
  return 'End it?';
}
