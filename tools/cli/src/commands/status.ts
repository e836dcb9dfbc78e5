import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { ExitCode, exitCodeOfPhase, worstExitCode } from '../exit-code.ts';
import { renderRollout } from '../render/rollout.ts';
import {
  findRollout,
  listRollouts,
  phaseOfReport,
  readRollout,
  type RolloutReport,
} from '@meshwright/rollouts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

const mostOpen = 50;

/** `meshwright status [rollout]`. */
export function createStatusCommand(session: Session): CommandUnknownOpts {
  const command = new Command('status')
    .summary('show where a rollout stands')
    .description(
      'Shows where a rollout stands: its phase, each target with its stages, the approval, what went wrong. Without an ' +
        'argument, every rollout that is not over. The exit code is 0 when it succeeded, 1 when it failed, 3 when it is not over.',
    )
    .argument('[rollout]', '<pattern>@<commit>, a workflow id, or a pattern for its newest rollout')
    .action(async (rollout) => session.end(await showStatus(session, rollout)));
  return withExamples(command, [
    ['meshwright status', 'everything that is not over'],
    ['meshwright status checkout-mesh', 'the newest rollout of a pattern'],
    ['meshwright status checkout-mesh@4f1c2a9', 'that of a commit'],
  ]);
}

async function showStatus(session: Session, rollout: string | undefined): Promise<ExitCode> {
  const client = await session.temporal();
  const records =
    rollout === undefined
      ? await listRollouts(client, { running: true, limit: mostOpen })
      : [await findRollout(client, rollout)];
  const reports = await Promise.all(records.map((record) => readRollout(client, record)));
  if (session.options.json) session.printJson(rollout === undefined ? reports : reports[0]);
  else if (reports.length === 0) session.tell(['Every rollout is over; `meshwright rollouts` lists them.']);
  else
    session.print(
      reports.flatMap((report, index) => [
        ...(index === 0 ? [] : ['', '']),
        ...renderRollout(report, session.view()),
      ]),
    );
  return worstExitCode(reports.map(exitCodeOfReport));
}

/** An unknown phase of something that runs is a wait. */
export function exitCodeOfReport(report: RolloutReport): ExitCode {
  const phase = phaseOfReport(report);
  return phase === undefined ? ExitCode.waiting : exitCodeOfPhase(phase);
}
