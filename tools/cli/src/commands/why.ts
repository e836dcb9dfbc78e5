import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { ExitCode } from '../exit-code.ts';
import { renderFindings } from '../render/findings.ts';
import { renderOffers } from '../render/offers.ts';
import { paintPhase } from '../render/phase.ts';
import { escapeText } from '@meshwright/wording';
import { offersFor } from '../offers.ts';
import { explain, findRollout, observeRollout, phaseOfReport } from '@meshwright/rollouts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';
import { exitCodeOfReport } from './status.ts';

/** `meshwright why <rollout>`. */
export function createWhyCommand(session: Session): CommandUnknownOpts {
  const command = new Command('why')
    .summary('tell what blocks a rollout')
    .description(
      'Tells what blocks a rollout and what a person can do now, with the commands: a stage that failed, a pause, an ' +
        'activity that keeps failing, a missing approval, another rollout that is changing the same mesh, a task queue ' +
        'without workers, a commit that is held. The exit code is 3 while it is not over.',
    )
    .argument('<rollout>', '<pattern>@<commit>, a workflow id, or a pattern for its newest rollout')
    .action(async (rollout) => session.end(await why(session, rollout)));
  return withExamples(command, [['meshwright why checkout-mesh', 'why does the newest rollout not move?']]);
}

async function why(session: Session, name: string): Promise<ExitCode> {
  const client = await session.temporal();
  const record = await findRollout(client, name);
  const observation = await observeRollout(client, record, session.host.now());
  const findings = explain(observation);
  const { status } = observation.report;
  const phase = phaseOfReport(observation.report);
  const offers = status === undefined ? [] : offersFor(status);
  if (session.options.json) {
    session.printJson({ rollout: record.rollout, phase, findings, offers, report: observation.report });
  } else {
    const view = session.view();
    const title = `${view.style.bold(escapeText(record.rollout))}  ${paintPhase(phase, view.style)(phase ?? 'phase unknown')}`;
    session.print([title, ...renderFindings(findings, view)]);
    if (offers.length > 0) session.print(['', 'you can now:', ...renderOffers(offers, '  ', view)]);
  }
  return exitCodeOfReport(observation.report);
}
