import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { MeshwrightError } from '@meshwright/model';
import { ExitCode } from '../exit-code.ts';
import { parseRolloutReference, readHistory } from '@meshwright/rollouts';
import { historyOf } from '../history/rows.ts';
import { renderHistory } from '../render/history.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';
import { parseLimit } from './rollouts.ts';

/** `meshwright history <pattern>`. */
export function createHistoryCommand(session: Session): CommandUnknownOpts {
  const command = new Command('history')
    .summary('tell what was done for a pattern')
    .description(
      'Tells what was done for a pattern, newest first: when, which commit, from which version to which, how it ended, who ' +
        'wrote and asked for it, who decided what, from where and why, how long it took. Marks what runs now (▸), what was left half-way (!) and ' +
        "which commit is held (✗). It reaches back as far as Temporal's retention.",
    )
    .argument('<pattern>', 'the name of the pattern')
    .option('--limit <count>', 'at most so many, from 1 to 1000', parseLimit, 20)
    .action(async (name, { limit }) => {
      const { pattern } = parseRolloutReference(name);
      const rows = historyOf(await readHistory(await session.temporal(), pattern, limit));
      if (rows.length === 0) {
        throw new MeshwrightError('INVALID_INPUT', `There is no rollout of ${pattern}.`, {
          remedy: 'Run `meshwright rollouts` for those there are; a new commit takes a moment to be seen.',
        });
      }
      if (session.options.json) session.printJson(rows);
      else session.print(renderHistory(rows, session.view()));
      session.end(ExitCode.done);
    });
  return withExamples(command, [
    ['meshwright history checkout-mesh', 'the newest twenty'],
    ['meshwright history checkout-mesh --limit 100 --json', 'for programs'],
  ]);
}
