import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { briefPlan, fullPlan } from '@meshwright/wording';
import { ExitCode } from '../exit-code.ts';
import { type NamedPlan, planDirectory } from '../preview/plans.ts';
import { redactPlan } from '../render/manifests.ts';
import { renderPlanMarkdown } from '../render/plan-markdown.ts';
import { renderDiff, renderPlan, wouldChange } from '../render/plan-text.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';
import { parseSeconds } from './seconds.ts';

/** `meshwright plan [pattern]`. */
export function createPlanCommand(session: Session): CommandUnknownOpts {
  const command = planning('plan')
    .summary('show what patterns would change')
    .description(
      'Shows what the patterns of a directory would change, as they are now, committed or not: what was found, the stages ' +
        'with what each requires and does, the way back, whom it disturbs. The plan is made by the agent of each target ' +
        "with a dry run on its API server, so this machine needs no cluster's credentials; nothing is written to a cluster.",
    )
    .option('--markdown', 'print Markdown, for a pull request')
    .action(async (pattern, { timeout, full, markdown, ...rest }) => {
      const plans = await planDirectory(session, { pattern, timeoutSeconds: timeout, ...rest });
      const limits = full === true ? fullPlan : briefPlan;
      show(session, plans, ({ plan, digest }) =>
        markdown === true
          ? renderPlanMarkdown(plan, digest, limits)
          : renderPlan(plan, digest, session.view(), limits),
      );
      session.end(ExitCode.done);
    });
  return withExamples(command, [
    ['meshwright plan', 'every pattern of the current directory'],
    ['meshwright plan checkout-mesh --cluster local --full', 'one pattern on one target, in full'],
    ['meshwright plan --markdown > plan.md', 'for a pull request'],
    ['meshwright plan checkout-mesh --adopt', 'what taking over another installation would change'],
  ]);
}

/** `meshwright diff [pattern]`. */
export function createDiffCommand(session: Session): CommandUnknownOpts {
  const command = planning('diff')
    .summary('show only what would change, field by field')
    .description(
      'The plan without what stays as it is: each object with the fields that would change, and who set a field that has ' +
        'drifted from what was applied. The exit code is 0 when nothing would change and 3 when something would.',
    )
    .action(async (pattern, { timeout, full, ...rest }) => {
      const plans = await planDirectory(session, { pattern, timeoutSeconds: timeout, ...rest });
      const limits = { ...(full === true ? fullPlan : briefPlan), full: false };
      show(session, plans, ({ plan, digest }) => renderDiff(plan, digest, session.view(), limits));
      session.end(plans.some(({ plan }) => wouldChange(plan)) ? ExitCode.waiting : ExitCode.done);
    });
  return withExamples(command, [
    ['meshwright diff checkout-mesh', 'what would change, and what has drifted'],
    ['meshwright diff --full || echo "out of date"', 'everything, for scripts'],
  ]);
}

function planning(name: string) {
  return new Command(name)
    .argument('[pattern]', 'the name of one pattern; all by default')
    .option('--cluster <name>', 'only this target')
    .option('--directory <path>', 'the root of the patterns repository', '.')
    .option('--patterns <folder>', "the folder of the patterns in it; the repository's own by default")
    .option('--repository <name>', 'the configured repository that the directory is a copy of')
    .option('--adopt', 'as `meshwright adopt` would: with what another tool installed taken over')
    .option('--full', 'show every object and field')
    .option('--timeout <seconds>', 'how long to wait for the plan', parseSeconds, 300);
}

function show(session: Session, plans: readonly NamedPlan[], render: (plan: NamedPlan) => string[]): void {
  if (session.options.json) {
    session.printJson(plans.map(({ digest, plan }) => ({ digest, plan: redactPlan(plan) })));
    return;
  }
  session.print(plans.flatMap((plan, index) => [...(index === 0 ? [] : ['']), ...render(plan)]));
}
