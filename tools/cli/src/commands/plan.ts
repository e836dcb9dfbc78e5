import { Command, type CommandUnknownOpts, InvalidArgumentError } from '@commander-js/extra-typings';
import { ExitCode } from '../exit-code.ts';
import { type NamedPlan, planDirectory } from '../preview/plans.ts';
import { redactPlan } from '../render/manifests.ts';
import { renderPlanMarkdown } from '../render/plan-markdown.ts';
import { briefPlan, fullPlan, renderPlan } from '../render/plan-text.ts';
import type { Session } from '../session.ts';
import { withExamples } from './examples.ts';

/** `meshwright plan [pattern]`. */
export function createPlanCommand(session: Session): CommandUnknownOpts {
  const command = new Command('plan')
    .summary('show what patterns would change')
    .description(
      'Shows what the patterns of a directory would change, as they are now, committed or not. The plan is made by the ' +
        "agent of each target with a dry run on its API server, so this machine needs no cluster's credentials; nothing is written to a cluster.",
    )
    .argument('[pattern]', 'the name of one pattern; all by default')
    .option('--cluster <name>', 'only this target')
    .option('--directory <path>', 'the root of the patterns repository', '.')
    .option('--patterns <folder>', "the folder of the patterns in it; the repository's own by default")
    .option('--repository <name>', 'the configured repository that the directory is a copy of')
    .option('--full', 'show every object and field')
    .option('--markdown', 'print Markdown, for a pull request')
    .option('--timeout <seconds>', 'how long to wait for the plan', parseSeconds, 300)
    .action(async (pattern, { timeout, full, markdown, ...rest }) => {
      const plans = await planDirectory(session, { pattern, timeoutSeconds: timeout, ...rest });
      if (session.options.json) {
        session.printJson(plans.map(({ digest, plan }) => ({ digest, plan: redactPlan(plan) })));
      } else {
        session.print(plans.flatMap((plan, index) => showPlan(session, plan, { index, full, markdown })));
      }
      session.end(ExitCode.done);
    });
  return withExamples(command, [
    ['meshwright plan', 'every pattern of the current directory'],
    ['meshwright plan checkout-mesh --cluster local --full', 'one pattern on one target, in full'],
    ['meshwright plan --markdown > plan.md', 'for a pull request'],
  ]);
}

function showPlan(
  session: Session,
  { plan, digest }: NamedPlan,
  { index, full, markdown }: { index: number; full: true | undefined; markdown: true | undefined },
): string[] {
  const limits = full === true ? fullPlan : briefPlan;
  const lines =
    markdown === true
      ? renderPlanMarkdown(plan, digest, limits)
      : renderPlan(plan, digest, session.view(), limits);
  return index === 0 ? lines : ['', ...lines];
}

/** Seconds, from 1 to an hour. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600) {
    throw new InvalidArgumentError('It is a whole number of seconds from 1 to 3600.');
  }
  return seconds;
}
