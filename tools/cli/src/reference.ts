import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { examplesOf } from './commands/examples.ts';
import { exitCodeMeanings } from './exit-code.ts';

/** The reference page of the command line, from its command tree, as Markdown. */
export function renderReference(program: CommandUnknownOpts): string {
  const commands = program.commands.filter((command) => command.name() !== 'help');
  const lines = [
    '# The `meshwright` command',
    '',
    '<!-- Written by `npm run reference -w tools/cli` from the command tree: change it there. -->',
    '',
    program.description(),
    '',
    'In the repository: `npm run meshwright -- <command>`.',
    '',
    '| command | what it does |',
    '| --- | --- |',
    ...commands.map(
      (command) => `| [\`${command.name()}\`](#meshwright-${command.name()}) | ${cell(command.summary())} |`,
    ),
    '',
    'Options of every command:',
    '',
    ...optionTable(program),
    '',
    'Exit codes:',
    '',
    '| code | meaning |',
    '| --: | --- |',
    ...exitCodeMeanings.map(([code, meaning]) => `| ${code} | ${cell(meaning)} |`),
    '',
    ...commands.flatMap((command) => describeCommand(command, 'meshwright')),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

/** A command, and its parts below it. */
function describeCommand(command: CommandUnknownOpts, above: string): string[] {
  const name = `${above} ${command.name()}`;
  const examples = examplesOf(command);
  const width = Math.max(0, ...examples.map(([line]) => line.length));
  return [
    `## \`${name}\``,
    '',
    command.description(),
    '',
    '```',
    `${name} ${command.usage()}`,
    '```',
    '',
    ...argumentTable(command),
    ...(command.options.length === 0 ? [] : [...optionTable(command), '']),
    ...(examples.length === 0
      ? []
      : ['```sh', ...examples.map(([line, purpose]) => `${line.padEnd(width)}  # ${purpose}`), '```', '']),
    ...command.commands.flatMap((part) => describeCommand(part, name)),
  ];
}

function argumentTable(command: CommandUnknownOpts): string[] {
  const rows = command.registeredArguments.map((argument) => {
    const name = argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
    return `| \`${name}\` | ${cell(withDefault(argument.description, argument.defaultValue))} |`;
  });
  return rows.length === 0 ? [] : ['| argument | meaning |', '| --- | --- |', ...rows, ''];
}

function optionTable(command: CommandUnknownOpts): string[] {
  const rows = command.options.map((option) => {
    const choices = option.argChoices === undefined ? '' : `: ${option.argChoices.join(', ')}`;
    const text = withDefault(`${option.description}${choices}`, option.defaultValue);
    return `| \`${option.flags}\` | ${cell(option.mandatory ? `${text}; required` : text)} |`;
  });
  return ['| option | meaning |', '| --- | --- |', ...rows];
}

function withDefault(text: string, value: unknown): string {
  const shown = typeof value === 'string' || typeof value === 'number';
  return shown ? `${text}; by default ${JSON.stringify(value)}` : text;
}

/** In a table, bars end cells and angle brackets would be tags. */
function cell(text: string): string {
  return text.replace(/[|<>\\]/g, (character) => `\\${character}`);
}
