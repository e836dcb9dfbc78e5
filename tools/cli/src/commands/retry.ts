import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Client } from '@temporalio/client';
import { MeshwrightError, Phase, RequestKind, shortName } from '@meshwright/model';
import type { ExitCode } from '../exit-code.ts';
import {
  findRollout,
  listRollouts,
  parseRolloutReference,
  phaseOfReport,
  readRollout,
  readRolloutInput,
  type RolloutReport,
} from '@meshwright/rollouts';
import type { Session } from '../session.ts';
import { type ByHandOptions, byHandNote, describeCommitOf, startByHand } from './by-hand.ts';
import { withExamples } from './examples.ts';
import { intervene } from './intervene.ts';
import { parseSeconds } from './seconds.ts';

/** Rollouts that are looked through for newer ones. */
const mostNewer = 50;

/** `meshwright retry <rollout>`. */
export function createRetryCommand(session: Session): CommandUnknownOpts {
  const command = new Command('retry')
    .summary('try a stopped stage, or an ended rollout, again')
    .description(
      'Tries the failed stage of a stopped change again, on the way forward or back. A rollout that is over is started again, ' +
        `although its commit may be held: it shows what would change and asks first. ${byHandNote}`,
    )
    .argument('<rollout>', '<pattern>@<commit>, a workflow id, or a pattern for its newest rollout')
    .option('--reason <text>', 'why, for everyone who reads the history')
    .option('--as <name>', 'who asks')
    .option('--yes', 'without a question, and without showing the plan first')
    .option('--wait', 'follow it until it is over')
    .option('--full', 'show every object and field')
    .option('--timeout <seconds>', 'how long to wait for the plan', parseSeconds, 300)
    .action(async (name, options) => session.end(await retry(session, name, options)));
  return withExamples(command, [
    ['meshwright retry checkout-mesh', 'the stage that failed, or the newest rollout again'],
    ['meshwright retry checkout-mesh --yes --reason "the image is there now"', 'for scripts'],
  ]);
}

async function retry(session: Session, name: string, options: ByHandOptions): Promise<ExitCode> {
  const client = await session.temporal();
  const report = await readRollout(client, await findRollout(client, name));
  if (report.record.state === 'running') {
    return intervene(session, client, report, { command: 'retry', ...options });
  }
  await requireNewest(client, report);
  const input = await readRolloutInput(client, report.record);
  const phase = phaseOfReport(report);
  const said = [
    `Starts ${describeCommitOf(input)} again, which ${phase === Phase.succeeded ? 'has succeeded before' : `ended as ${phase ?? 'unknown'}`}.`,
  ];
  // What a person once asked for is asked for again: an adoption stays one.
  const kind = input.request?.kind ?? RequestKind.retry;
  const wanted = { input, kind, purpose: input.purpose, holds: input.request?.holds, said };
  return startByHand(session, client, wanted, options);
}

/**
 * Somebody who went back to an earlier commit has not made that the newest one.
 * @throws MeshwrightError INVALID_INPUT where a newer rollout has come since: going back is another command.
 */
async function requireNewest(client: Client, { record }: RolloutReport): Promise<void> {
  const { pattern, commit } = parseRolloutReference(record.rollout);
  for (const newer of await listRollouts(client, { pattern, limit: mostNewer })) {
    if (newer.rollout === record.rollout) return;
    const { status } = await readRollout(client, newer);
    if (status?.request?.kind === RequestKind.rollback) continue;
    throw new MeshwrightError(
      'INVALID_INPUT',
      `${shortName(record.rollout)} is not the newest rollout of ${pattern}: ${shortName(newer.rollout)} is.`,
      { remedy: `To go back to it: meshwright rollback ${pattern} --to ${commit ?? ''}` },
    );
  }
}
