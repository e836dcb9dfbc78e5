import { Command } from '@commander-js/extra-typings';
import { MeshwrightError } from '@meshwright/model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createProgram } from './program.ts';
import { exitCodes, runProgram } from './run.ts';

let errors = '';
beforeEach(() => {
  errors = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += String(text);
    return true;
  });
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

function commandThat(action: () => Promise<void>): () => Command {
  return () => new Command().exitOverride().action(action);
}

describe('the command line', () => {
  it.each([['--help'], ['start', '--help']])('ends well after %s', async (...args) => {
    expect(await runProgram(createProgram, args)).toBe(exitCodes.done);
  });

  it.each([
    [['start', '--profile', 'cloud'], "'cloud' is invalid"],
    [['start', '--nodes', '0'], 'whole number'],
    [['begin'], 'unknown command'],
    [['logs'], 'missing required argument'],
  ])('refuses %j', async (args, message) => {
    expect(await runProgram(createProgram, args)).toBe(exitCodes.usage);
    expect(errors).toContain(message);
  });

  it('tells an error with its place, its lines and its remedy', async () => {
    const failing = commandThat(() =>
      Promise.reject(
        new MeshwrightError('NOT_READY', 'etcd ended', {
          where: 'etcd.log',
          lines: ['in use'],
          remedy: 'Try again.',
        }),
      ),
    );
    expect(await runProgram(failing, [])).toBe(exitCodes.failed);
    expect(errors).toBe('error: etcd ended\n  in etcd.log\n  | in use\n  Try again.\n');
  });

  it('takes a bad name for a failure and touches nothing', async () => {
    expect(await runProgram(createProgram, ['stop', '--name', '../x'])).toBe(exitCodes.failed);
    expect(errors).toContain('cannot be the name of a testbed');
  });

  it('says that it was interrupted', async () => {
    const interrupted = (context: { signal: AbortSignal }): Command =>
      new Command().exitOverride().action(() => {
        process.emit('SIGINT');
        context.signal.throwIfAborted();
      });
    expect(await runProgram(interrupted, [])).toBe(exitCodes.interrupted);
  });
});
