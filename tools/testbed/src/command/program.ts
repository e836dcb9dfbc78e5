import { Command } from '@commander-js/extra-typings';

import { addPartCommands } from './part-commands.ts';
import type { CommandContext } from './run.ts';
import { addTestbedCommands } from './testbed-commands.ts';

/** The `testbed` command line. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('testbed')
    .description('Real Temporal and real Kubernetes on one machine.')
    .exitOverride()
    .showHelpAfterError()
    .addHelpText(
      'after',
      `
Examples:
  testbed start                          a control plane and Temporal, without root; pods become ready without running
  testbed start --profile node           a real node that runs pods, as root on Linux
  testbed start --name mine --no-install nothing is installed on this machine
  testbed status --json
  testbed logs kube-apiserver --follow
  testbed stop --remove                  stop, and delete its data
  testbed parts                          what is needed, and where it is
  testbed build                          get everything of a profile now

Exit codes: 0 done, 1 failed, 2 wrong command line, 3 does not run (status), 130 interrupted.
Parts are kept in $MESHWRIGHT_CACHE (default ~/.cache/meshwright), testbeds in $MESHWRIGHT_STATE (default ~/.local/state/meshwright).`,
    );
  addTestbedCommands(program, context);
  addPartCommands(program, context);
  return program;
}
