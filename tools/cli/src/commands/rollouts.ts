import { Command, type CommandUnknownOpts, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { Phase } from '@meshwright/model';
import { ExitCode } from '../exit-code.ts';
import { renderRollouts } from '../render/rollouts.ts';
import { listRollouts, phaseOf } from '@meshwright/rollouts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

/** `meshwright rollouts`. */
export function createRolloutsCommand(session: Session): CommandUnknownOpts {
  const command = new Command('rollouts')
    .summary('list rollouts, newest first')
    .description("Lists rollouts, newest first, from Temporal's visibility, which may be a second behind.")
    .option('--pattern <name>', 'only of this pattern')
    .option('--cluster <name>', 'only of this target')
    .addOption(new Option('--phase <phase>', 'only in this phase').choices(Object.values(Phase)))
    .option('--limit <count>', 'at most so many, from 1 to 1000', parseLimit, 20)
    .action(async ({ pattern, cluster, phase, limit }) => {
      const filter = {
        limit,
        ...(pattern === undefined ? {} : { pattern }),
        ...(cluster === undefined ? {} : { cluster }),
        ...(phase === undefined ? {} : { phase }),
      };
      const records = await listRollouts(await session.temporal(), filter);
      if (session.options.json)
        session.printJson(records.map((record) => ({ ...record, phase: phaseOf(record) })));
      else if (records.length === 0) session.tell(['There is no such rollout.']);
      else session.print(renderRollouts(records, session.view()));
      session.end(ExitCode.done);
    });
  return withExamples(command, [
    ['meshwright rollouts', 'the newest twenty'],
    ['meshwright rollouts --phase awaiting-approval', 'those that wait for a person'],
    ['meshwright rollouts --pattern checkout-mesh --limit 5', 'the last five of one pattern'],
  ]);
}

/** How many to list, from 1 to 1000. */
export function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new InvalidArgumentError('It is a whole number from 1 to 1000.');
  }
  return limit;
}
