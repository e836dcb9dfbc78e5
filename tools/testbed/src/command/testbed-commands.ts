import { InvalidArgumentError, type Command } from '@commander-js/extra-typings';
import { MeshwrightError } from '@meshwright/model';

import { followLog } from '../processes/follow-log.ts';
import { processIdentity } from '../processes/identity.ts';
import {
  clearAbandonedTestbeds,
  listTestbeds,
  testbedLog,
  testbedStatus,
  type TestbedStatus,
} from '../status.ts';
import { startTestbed, stopTestbed, testbedDirectory } from '../testbed.ts';
import { waitFor } from '../wait.ts';
import { DEFAULT_NAME, profileOption } from './options.ts';
import { exitCodes, type CommandContext } from './run.ts';

/** `start`, `stop`, `status`, `logs` and `clear`. */
export function addTestbedCommands(program: Command, context: CommandContext): void {
  addStart(program, context);
  addStop(program, context);
  addStatus(program, context);
  addLogs(program, context);
  addClear(program, context);
}

function addStart(program: Command, { signal, progress, print }: CommandContext): void {
  program
    .command('start')
    .description('start a testbed; what runs already is left running')
    .addOption(profileOption())
    .option('--name <name>', 'several can run side by side', DEFAULT_NAME)
    .option('--state-directory <directory>', 'where its data, keys and logs lie')
    .option('--nodes <count>', 'kwok nodes of the control-plane profile', parseCount, 1)
    .option('--no-install', 'refuse to install packages of the distribution')
    .option('--no-temporal', 'Kubernetes alone')
    .option('--no-kubernetes', 'Temporal alone')
    .option('--json', 'print the result as JSON')
    .action(async ({ json, stateDirectory, ...options }) => {
      const testbed = await startTestbed({
        ...options,
        ...(stateDirectory === undefined ? {} : { stateDirectory }),
        signal,
        progress,
      });
      const status = await testbedStatus(testbed.name, testbed.directory);
      if (status === undefined)
        throw new MeshwrightError('INTERNAL', 'the testbed started and left no state');
      if (json === true) {
        print(JSON.stringify({ ...summary(status), reused: testbed.reused }, undefined, 2));
        return;
      }
      for (const line of describe(status)) print(line);
    });
}

function addStop(program: Command, { progress, print }: CommandContext): void {
  program
    .command('stop')
    .description('stop a testbed: no process, mount, network device or control group of it is left')
    .option('--name <name>', 'which', DEFAULT_NAME)
    .option('--state-directory <directory>', 'where its data, keys and logs lie')
    .option('--remove', 'delete its data as well')
    .option('--json', 'print the result as JSON')
    .action(async ({ name, json, stateDirectory, remove }) => {
      const result = await stopTestbed(name, {
        progress,
        remove: remove === true,
        ...(stateDirectory === undefined ? {} : { stateDirectory }),
      });
      if (json === true) print(JSON.stringify({ name, ...result }, undefined, 2));
    });
}

function addStatus(program: Command, { print, exitWith }: CommandContext): void {
  program
    .command('status')
    .description('show one testbed, or all')
    .option('--name <name>', 'which; all without it')
    .option('--state-directory <directory>', 'where its data, keys and logs lie')
    .option('--json', 'print it as JSON')
    .action(async ({ name, stateDirectory, json }) => {
      const one = name !== undefined || stateDirectory !== undefined;
      const found = one
        ? [await testbedStatus(name ?? DEFAULT_NAME, stateDirectory)].filter((status) => status !== undefined)
        : await listTestbeds();
      if (found.length === 0 || found.some(({ state }) => state !== 'running'))
        exitWith(exitCodes.notRunning);
      if (json === true) {
        print(JSON.stringify(found.map(summary), undefined, 2));
        return;
      }
      if (found.length === 0) print(one ? 'there is no such testbed' : 'there is no testbed');
      for (const line of found.flatMap(describe)) print(line);
    });
}

function addLogs(program: Command, { signal, print }: CommandContext): void {
  program
    .command('logs')
    .description('print the log of one program of a testbed')
    .argument('<program>', 'its name in `testbed status`')
    .option('--name <name>', 'which testbed', DEFAULT_NAME)
    .option('--state-directory <directory>', 'where its data, keys and logs lie')
    .option('-n, --lines <count>', 'how many of the last lines', parseCount, 100)
    .option('-f, --follow', 'go on until Ctrl-C')
    .action(async (name, options) => {
      const log = testbedLog(options.name, name, options.stateDirectory);
      const found = await followLog(log, {
        lines: options.lines,
        follow: options.follow === true,
        signal,
        print,
      });
      if (found) return;
      const status = await testbedStatus(options.name, options.stateDirectory);
      const known = status?.processes.map((process) => process.name).join(', ');
      throw new MeshwrightError(
        'INVALID_INPUT',
        `there is no log of "${name}" in the testbed ${options.name}`,
        {
          where: testbedDirectory(options.name, options.stateDirectory),
          remedy: known === undefined ? 'Start it first.' : `It runs: ${known}.`,
        },
      );
    });
}

function addClear(program: Command, { signal, print }: CommandContext): void {
  program
    .command('clear')
    .description('stop and remove what belonged to test runs that are gone')
    .option('--after <pid>', 'wait until this process has ended', Number)
    .action(async ({ after }) => {
      if (after !== undefined) {
        await waitFor(
          async () => ((await processIdentity(after)) === undefined ? undefined : 'it still runs'),
          {
            what: `the end of process ${after}`,
            seconds: 60,
            signal,
          },
        );
      }
      for (const name of await clearAbandonedTestbeds()) print(`removed ${name}`);
    });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 10_000) return count;
  throw new InvalidArgumentError('It must be a whole number between 1 and 10000.');
}

/** What a program may rely on: no process arguments, which may change from one version to the next. */
function summary(status: TestbedStatus): object {
  const { name, profile, directory, state, createdAt, kubernetes, temporal, processes } = status;
  return {
    ...{ name, profile, directory, state, createdAt, kubernetes, temporal },
    processes: processes.map(({ name, pid, running, startedAt, log }) => ({
      name,
      pid,
      running,
      startedAt,
      log,
    })),
  };
}

function describe(status: TestbedStatus): string[] {
  const { kubernetes, temporal } = status;
  const lines = [`${status.name}: ${status.state} (${status.profile}), in ${status.directory}`];
  if (status.state === 'stopped') return lines;
  if (kubernetes !== undefined) {
    lines.push(
      `  Kubernetes  ${kubernetes.apiServer}`,
      `              export KUBECONFIG=${kubernetes.kubeconfig}`,
    );
  }
  if (temporal !== undefined) {
    lines.push(
      `  Temporal    ${temporal.address}, namespace ${temporal.namespace}`,
      `              ${temporal.ui}`,
    );
  }
  for (const process of status.processes) {
    lines.push(`  ${process.running ? 'runs' : 'gone'}        ${process.name} (process ${process.pid})`);
  }
  return lines;
}
