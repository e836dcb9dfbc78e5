import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { TargetConfig } from '@meshwright/config';
import { isMeshwrightError, messageOf } from '@meshwright/model';
import type { TargetLook } from '../doctor/target.ts';
import { ExitCode } from '../exit-code.ts';
import { renderTargets, type TargetRow } from '../render/targets.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

/** `meshwright targets`. */
export function createTargetsCommand(session: Session): CommandUnknownOpts {
  const command = new Command('targets')
    .summary('list the configured clusters')
    .description(
      'Lists the configured clusters with their version, as this machine reaches them. The exit code is 1 when one cannot be reached.',
    )
    .action(async () => {
      const { targets } = await session.config();
      const rows = await Promise.all(targets.map(look));
      if (session.options.json) session.printJson(rows);
      else if (rows.length === 0) session.tell(['The configuration has no target.']);
      else session.print(renderTargets(rows, session.view()));
      session.end(rows.some(({ state }) => state === 'unreachable') ? ExitCode.failed : ExitCode.done);
    });
  return withExamples(command, [['meshwright targets', 'which clusters are there?']]);
}

async function look(target: TargetConfig): Promise<TargetRow> {
  // Loaded only here: it takes longer to load than the rest of the command line.
  const { isReachableFromHere, lookAtTarget } = await import('../doctor/target.ts');
  const { name, kind } = target;
  const access = kind === 'in-cluster' ? 'in-cluster' : (target.context ?? 'current context');
  if (!(await isReachableFromHere(target))) return { name, access, state: 'in-cluster' };
  try {
    const { address, version }: TargetLook = await lookAtTarget(target);
    return { name, access, state: 'reachable', address, version };
  } catch (error) {
    const remedy = isMeshwrightError(error) ? error.details.remedy : undefined;
    return {
      name,
      access,
      state: 'unreachable',
      problem: messageOf(error),
      ...(remedy === undefined ? {} : { remedy }),
    };
  }
}
