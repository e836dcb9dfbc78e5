import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { ExitCode } from '../exit-code.ts';
import { planDirectory } from '../preview/plans.ts';
import { redactPlan, renderManifests } from '../render/manifests.ts';
import type { Session } from '../session.ts';
import { parseSeconds } from './seconds.ts';
import { withExamples } from './examples.ts';

/** `meshwright render <pattern>`. */
export function createRenderCommand(session: Session): CommandUnknownOpts {
  const command = new Command('render')
    .summary('print the manifests of a pattern')
    .description(
      "Prints the objects that a pattern's plan would apply, stage by stage, as YAML: the same plan as `meshwright plan` " +
        'makes, rendered by the agent of each target. The content of Secrets is left out.',
    )
    .argument('<pattern>', 'the name of the pattern')
    .option('--cluster <name>', 'only this target')
    .option('--directory <path>', 'the root of the patterns repository', '.')
    .option('--patterns <folder>', "the folder of the patterns in it; the repository's own by default")
    .option('--repository <name>', 'the configured repository that the directory is a copy of')
    .option('--timeout <seconds>', 'how long to wait for the plan', parseSeconds, 300)
    .action(async (pattern, { timeout, ...rest }) => {
      const plans = await planDirectory(session, { pattern, timeoutSeconds: timeout, ...rest });
      if (session.options.json) {
        session.printJson(
          plans.map(({ digest, plan }) => ({
            digest,
            cluster: plan.cluster,
            stages: redactPlan(plan).stages.map(({ id, title, objects }) => ({
              id,
              title,
              objects,
            })),
          })),
        );
      } else {
        session.print(plans.flatMap(({ plan }) => renderManifests(plan)));
      }
      session.end(ExitCode.done);
    });
  return withExamples(command, [
    ['meshwright render checkout-mesh --cluster local', 'what would be applied there'],
    ['meshwright render checkout-mesh | kubectl diff -f -', 'compare it yourself'],
  ]);
}
