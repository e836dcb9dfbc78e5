import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { examplesOf } from './commands/examples.ts';
import { createProgram } from './program.ts';
import { renderReference } from './reference.ts';
import { createSession } from './session.ts';
import { testHost } from './test-support/host.ts';

const page = new URL('../../../docs/reference/cli.md', import.meta.url);

it('docs/reference/cli.md is what the command tree says; `npm run reference -w tools/cli` writes it', async () => {
  const program = await createProgram(createSession(testHost()));
  expect(await readFile(page, 'utf8')).toBe(renderReference(program));
});

it('every command has a summary, a description and an example', async () => {
  const program = await createProgram(createSession(testHost()));
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  for (const command of commands) {
    expect(command.summary(), command.name()).not.toBe('');
    expect(command.description(), command.name()).not.toBe('');
    expect(examplesOf(command).length, command.name()).toBeGreaterThan(0);
  }
});

it('each command is found by its own name, alone', async () => {
  const all = await createProgram(createSession(testHost()));
  for (const name of all.commands.map((command) => command.name())) {
    const { commands } = await createProgram(createSession(testHost()), ['--json', name, '--help']);
    expect(commands.map((command) => command.name())).toEqual([name]);
  }
});
