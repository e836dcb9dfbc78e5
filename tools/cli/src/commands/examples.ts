import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/** A command line and what it is good for. */
export type Example = readonly [commandLine: string, purpose: string];

const byCommand = new WeakMap<CommandUnknownOpts, readonly Example[]>();

/** Gives a command its examples, for `--help` and for the reference page. */
export function withExamples(command: CommandUnknownOpts, examples: readonly Example[]): CommandUnknownOpts {
  byCommand.set(command, examples);
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, purpose]) => `  ${line.padEnd(width)}  ${purpose}`);
  return command.addHelpText('after', ['', 'Examples:', ...lines].join('\n'));
}

/** The examples of a command. */
export function examplesOf(command: CommandUnknownOpts): readonly Example[] {
  return byCommand.get(command) ?? [];
}
