import { describe, expect, it } from 'vitest';
import type { LoadContext, ProgramResult } from './load.ts';
import { runGenerator } from './load-program.ts';

function contextOf(result: ProgramResult): LoadContext {
  return {
    programs: { find: () => Promise.resolve('/bin/it'), run: () => Promise.resolve(result) },
    signal: new AbortController().signal,
  };
}

describe('the program of a generator', () => {
  const place = { address: 'http://a/' };

  it('gives what it printed', async () => {
    const result = { exitCode: 0, stdout: 'done', stderr: 'a warning' };
    expect(await runGenerator('it', [], contextOf(result), place)).toEqual(result);
  });

  it('has failed when it ends with an error, or without a word', async () => {
    const stderr = ['1', '2', '3', '4', '5', '6'].join('\n');
    await expect(
      runGenerator('it', [], contextOf({ exitCode: 3, stdout: 'x', stderr }), place),
    ).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      message: 'it ended with 3.',
      details: { where: 'http://a/', lines: ['2', '3', '4', '5', '6'] },
    });
    await expect(
      runGenerator('it', [], contextOf({ exitCode: 0, stdout: '\n', stderr: '' }), place),
    ).rejects.toMatchObject({ code: 'LOAD_FAILED' });
  });
});
