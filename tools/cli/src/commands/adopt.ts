import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { Purpose, RequestKind } from '@meshwright/model';
import type { ExitCode } from '../exit-code.ts';
import { newestCommitted, parseRolloutReference, readRolloutInput } from '@meshwright/rollouts';
import type { Session } from '../session.ts';
import { type ByHandOptions, byHandNote, describeCommitOf, startByHand } from './by-hand.ts';
import { withExamples } from './examples.ts';
import { parseSeconds } from './seconds.ts';

/** `meshwright adopt <pattern>`. */
export function createAdoptCommand(session: Session): CommandUnknownOpts {
  const command = new Command('adopt')
    .summary('take over what another tool installed')
    .description(
      "Takes over a mesh that istioctl or Helm installed, without a restart or a change of behaviour: the pattern's newest " +
        'commit must say what runs, in the same version. It shows who holds the fields of each object before and after, and ' +
        `asks. ${byHandNote}`,
    )
    .argument('<pattern>', 'the name of the pattern, committed already')
    .option('--reason <text>', 'why, for everyone who reads the history')
    .option('--as <name>', 'who asks')
    .option('--yes', 'without a question, and without showing the plan first')
    .option('--wait', 'follow it until it is over')
    .option('--full', 'show every object and field')
    .option('--timeout <seconds>', 'how long to wait for the plan', parseSeconds, 300)
    .action(async (name, options) => session.end(await adopt(session, name, options)));
  return withExamples(command, [
    ['meshwright plan checkout-mesh --adopt', 'see what it would change, before anything is committed'],
    ['meshwright adopt checkout-mesh --wait', 'read the plan, answer yes, and follow it'],
  ]);
}

async function adopt(session: Session, name: string, options: ByHandOptions): Promise<ExitCode> {
  const client = await session.temporal();
  const { pattern } = parseRolloutReference(name);
  const input = await readRolloutInput(client, await newestCommitted(client, pattern));
  const said = [
    `Takes over what another tool installed, as ${describeCommitOf(input)} says it. Nothing restarts and no behaviour changes; fields that the other tool held are held by Meshwright afterwards.`,
  ];
  const wanted = { input, kind: RequestKind.adopt, purpose: Purpose.apply, said };
  return startByHand(session, client, wanted, options);
}
