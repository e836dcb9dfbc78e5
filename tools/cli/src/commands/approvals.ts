import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { openDesk } from '../deciding/desk.ts';
import { ExitCode } from '../exit-code.ts';
import { renderGates } from '../render/gates.ts';
import type { Session } from '../session.ts';
import { gatewayOption } from './decide.ts';
import { withExamples } from './examples.ts';
import { parseLimit } from './rollouts.ts';

interface Listing {
  repository?: string | undefined;
  limit: number;
  gateway?: string | undefined;
}

/** `meshwright approvals`. */
export function createApprovalsCommand(session: Session): CommandUnknownOpts {
  const command = new Command('approvals')
    .summary('list everything that waits for a person')
    .description(
      'Lists what waits for people, oldest first: rollouts, changes of the approval policy, plans of pull requests. Of each: ' +
        'the gate, who may decide, what was decided, until when, and the digest that a decision is bound to.',
    )
    .option('--repository <name>', 'only of this repository')
    .option('--limit <count>', 'at most so many, from 1 to 1000', parseLimit, 50)
    .option(...gatewayOption)
    .action(async (options) => session.end(await listApprovals(session, options)));
  return withExamples(command, [
    ['meshwright approvals', 'what waits for somebody'],
    ['meshwright approvals --repository patterns --json | jq .', 'for programs'],
  ]);
}

async function listApprovals(session: Session, { gateway, ...filter }: Listing): Promise<ExitCode> {
  const desk = await openDesk(session, { gateway });
  try {
    const gates = await desk.list(filter);
    if (session.options.json) session.printJson(gates);
    else if (gates.length === 0) session.tell(['Nothing waits for a person.']);
    else session.print(renderGates(gates, session.view()));
    return ExitCode.done;
  } finally {
    await desk.close();
  }
}
