import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Client } from '@temporalio/client';
import { ExitCode } from '../exit-code.ts';
import { jsonText } from '../render/json.ts';
import { renderProgress } from '../render/progress.ts';
import { renderRollout } from '../render/rollout.ts';
import { escapeText } from '@meshwright/wording';
import {
  findRollout,
  followRollout,
  nextRollout,
  type RolloutRecord,
  type RolloutReport,
} from '@meshwright/rollouts';
import { openScreen } from '../screen.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';
import { exitCodeOfReport } from './status.ts';

/** `meshwright watch [rollout]`. */
export function createWatchCommand(session: Session): CommandUnknownOpts {
  const command = new Command('watch')
    .summary('follow a rollout until it is over')
    .description(
      'Follows a rollout until it is over: on a terminal one picture that changes, else one line for each thing that ' +
        'happens, with --json one object a line for each change. Without an argument, the newest rollout that runs, or ' +
        'the next that starts. Ctrl-C stops watching, never the rollout.',
    )
    .argument('[rollout]', '<pattern>@<commit>, a workflow id, or a pattern for its newest rollout')
    .action(async (rollout) => session.end(await watch(session, rollout)));
  return withExamples(command, [
    ['meshwright watch', 'the rollout that runs, or the next'],
    ['meshwright watch checkout-mesh && deploy', 'go on only when it succeeded'],
    ['meshwright watch checkout-mesh --json', 'one object a line, for programs'],
  ]);
}

async function watch(session: Session, name: string | undefined): Promise<ExitCode> {
  const { interrupted } = session.host;
  const client = await session.temporal();
  if (name === undefined) session.tell(['Waiting for a rollout; Ctrl-C stops.']);
  const record =
    name === undefined ? await nextRollout(client, interrupted) : await findRollout(client, name);
  return record === undefined ? ExitCode.interrupted : follow(session, client, record);
}

/** Shows a rollout as it goes on, until it is over or Ctrl-C. */
export async function follow(session: Session, client: Client, record: RolloutRecord): Promise<ExitCode> {
  const { interrupted } = session.host;
  const viewer = openViewer(session);
  let last: RolloutReport | undefined;
  try {
    for await (const report of followRollout(client, record, interrupted)) {
      viewer.show(report, last);
      last = report;
    }
  } finally {
    viewer.close();
  }
  if (interrupted.aborted) {
    session.tell([`Stopped watching; ${escapeText(record.rollout)} goes on.`]);
    return ExitCode.interrupted;
  }
  return last === undefined ? ExitCode.waiting : exitCodeOfReport(last);
}

interface Viewer {
  show(report: RolloutReport, before: RolloutReport | undefined): void;
  close(): void;
}

function openViewer(session: Session): Viewer {
  const { host, options } = session;
  if (options.json) {
    return {
      show(report, before) {
        const text = jsonText(report);
        if (before === undefined || jsonText(before) !== text) session.print([text]);
      },
      close: () => undefined,
    };
  }
  if (!host.stdout.isTerminal || host.env.TERM === 'dumb') {
    return {
      show: (report, before) => session.print(renderProgress(before, report, host.now())),
      close: () => undefined,
    };
  }
  const screen = openScreen(host.stdout);
  return {
    show: (report) => screen.draw(renderRollout(report, session.view())),
    close: () => screen.close(),
  };
}
