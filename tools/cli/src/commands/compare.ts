import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { findBaseline } from '../baselines/find.ts';
import { sideBySide } from '../baselines/side-by-side.ts';
import { ExitCode } from '../exit-code.ts';
import { adviceOf, renderSideBySide } from '../render/side-by-side.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

/** `meshwright compare <first> <second>`. */
export function createCompareCommand(session: Session): CommandUnknownOpts {
  const command = new Command('compare')
    .summary('put two baselines side by side')
    .description(
      'Puts two baselines of the results database side by side: what was measured, and how many times the figures of the ' +
        'first those of the second are, arm by arm. This is advice and no verdict: they were not measured together, and what ' +
        'drifted in between looks like a change.',
    )
    .argument('<first>', 'the id of a baseline, or how it begins')
    .argument('<second>', 'the id of another one')
    .action(async (one, other) => {
      const store = await session.results();
      const [first, second] = [await findBaseline(store, one), await findBaseline(store, other)];
      const compared = sideBySide(first, second);
      if (session.options.json) session.printJson({ ...compared, advice: adviceOf(first, second) });
      else session.print(renderSideBySide(compared, session.view()));
      session.end(ExitCode.done);
    });
  return withExamples(command, [
    ['meshwright compare 0198f3a2 0198f7c1', 'by how their ids begin'],
    ['meshwright compare 0198f3a2 0198f7c1 --json', 'for programs'],
  ]);
}
