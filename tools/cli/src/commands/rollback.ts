import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Client } from '@temporalio/client';
import { Phase, Purpose, RequestKind } from '@meshwright/model';
import type { ExitCode } from '../exit-code.ts';
import { chooseRollback } from '../history/choose.ts';
import {
  findRollout,
  parseRolloutReference,
  phaseOfReport,
  readHistory,
  readRollout,
  readRolloutInput,
  type RolloutReport,
} from '@meshwright/rollouts';
import { escapeText, formatAge } from '@meshwright/wording';
import type { Session } from '../session.ts';
import { type ByHandOptions, byHandNote, describeCommitOf, startByHand } from './by-hand.ts';
import { withExamples } from './examples.ts';
import { intervene } from './intervene.ts';
import { parseSeconds } from './seconds.ts';

/** Rollouts that are looked through for the one to go back to. */
const mostEarlier = 100;
/** Phases in which a rollout takes back by itself what it has done so far. */
const underWay: ReadonlySet<Phase | undefined> = new Set([
  Phase.changing,
  Phase.measuring,
  Phase.paused,
  Phase.stopped,
  Phase.rollingBack,
]);

/** `meshwright rollback <rollout>`. */
export function createRollbackCommand(session: Session): CommandUnknownOpts {
  const command = new Command('rollback')
    .summary('go back to an earlier rollout')
    .description(
      'Takes back a rollout that is changing its targets, is paused or has stopped; or else goes back to an earlier rollout ' +
        'of the pattern: the last that succeeded before the current one, or that of --to. It shows what would change, asks, ' +
        'and starts a rollout of the earlier commit; the commit that is taken back is held: it is not tried again by itself. ' +
        `The branch in Git stays as it is. ${byHandNote}`,
    )
    .argument('<rollout>', 'a pattern, or <pattern>@<commit> for one that is under way')
    .option('--to <commit>', 'the commit of the rollout to go back to; <pattern>@<commit> as well')
    .option('--reason <text>', 'why, for everyone who reads the history')
    .option('--as <name>', 'who asks')
    .option('--yes', 'without a question, and without showing the plan first')
    .option('--wait', 'follow it until it is over')
    .option('--full', 'show every object and field')
    .option('--timeout <seconds>', 'how long to wait for the plan', parseSeconds, 300)
    .action(async (name, { to, ...options }) => session.end(await rollBack(session, name, to, options)));
  return withExamples(command, [
    ['meshwright rollback checkout-mesh', 'to what ran before'],
    ['meshwright rollback checkout-mesh --to 4f1c2a9 --reason "p99 doubled"', 'to that commit'],
    ['meshwright rollback checkout-mesh --yes --wait', 'for scripts, until it is over'],
  ]);
}

async function rollBack(
  session: Session,
  name: string,
  to: string | undefined,
  options: ByHandOptions,
): Promise<ExitCode> {
  const client = await session.temporal();
  const { pattern } = parseRolloutReference(name);
  if (to === undefined) {
    const report = await readRollout(client, await findRollout(client, name));
    if (report.record.state === 'running' && underWay.has(phaseOfReport(report))) {
      return intervene(session, client, report, { command: 'rollback', ...options });
    }
  }
  const target = to === undefined ? undefined : commitIn(to);
  const { to: earlier, from } = chooseRollback(
    pattern,
    await readHistory(client, pattern, mostEarlier),
    target,
  );
  return startEarlier(session, client, { earlier, from }, options);
}

async function startEarlier(
  session: Session,
  client: Client,
  { earlier, from }: { earlier: RolloutReport; from: RolloutReport | undefined },
  options: ByHandOptions,
): Promise<ExitCode> {
  const input = await readRolloutInput(client, earlier.record);
  const left = from?.status;
  const holds = left === undefined || left.commit === input.commit.id ? undefined : left.commit;
  const finished = earlier.record.finishedAt ?? earlier.record.startedAt;
  const said = [
    `Goes back to ${describeCommitOf(input)}, which succeeded ${formatAge(finished, session.host.now())}.`,
    ...(holds === undefined || left === undefined
      ? []
      : [
          `Takes back ${describeCommitOf({ commit: { ...left, id: left.commit } })}; it is held from then on, until a newer commit or \`meshwright retry\`.`,
        ]),
    `The branch of ${escapeText(input.repository)} stays as it is: revert the commit there too, or the next one brings it back. A branch that does so is offered.`,
  ];
  const wanted = { input, kind: RequestKind.rollback, purpose: Purpose.apply, holds, said };
  return startByHand(session, client, wanted, options);
}

/** @throws MeshwrightError INVALID_INPUT for what names neither a commit nor a rollout. */
function commitIn(text: string): string {
  const commit = /^[0-9a-f]{4,64}$/.test(text) ? text : parseRolloutReference(text).commit;
  return commit ?? text;
}
