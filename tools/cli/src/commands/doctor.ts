import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { runChecks } from '../doctor/run.ts';
import { ExitCode } from '../exit-code.ts';
import { renderChecks } from '../render/checks.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

const checkSeconds = 20;

/** `meshwright doctor`. */
export function createDoctorCommand(session: Session): CommandUnknownOpts {
  const command = new Command('doctor')
    .summary('check every connection')
    .description(
      'Checks every connection that the configuration names, all at once: Temporal with its search attributes and the ' +
        'workers on every task queue, repositories, targets and the rights on them, Helm and the sources of charts, ' +
        'the evidence directory, forges and chats with what their credentials can do, the gateway, secrets of webhooks and ' +
        'tokens. Says what is wrong and how to mend it; the exit code is 1 when a check failed.',
    )
    .action(async () => {
      const config = await session.config();
      // Loaded only here: the libraries behind the checks take longest of all.
      const { allChecks } = await import('../doctor/checks.ts');
      const checks = allChecks(config, session.host, () => session.temporal());
      const options = { timeoutSeconds: checkSeconds, signal: session.host.interrupted };
      const results = await runChecks(checks, options);
      if (session.options.json) session.printJson(results);
      else session.print([`configuration ${config.path}`, ...renderChecks(results, session.view())]);
      session.end(results.some(({ state }) => state === 'failed') ? ExitCode.failed : ExitCode.done);
    });
  return withExamples(command, [
    ['meshwright doctor', 'is everything there?'],
    ['meshwright doctor --config staging.yaml', 'with another configuration'],
  ]);
}
