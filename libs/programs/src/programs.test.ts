import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openPrograms } from './programs.ts';

const { signal } = new AbortController();
const node = { here: process.execPath };

describe('a program', () => {
  it('gets its arguments as they are, its input, and its files in a directory that is gone afterwards', async () => {
    const script = `const fs = require('node:fs');
      process.stdin.on('data', (text) => console.log(JSON.stringify({
        args: process.argv.slice(1), input: String(text), file: fs.readFileSync('list.txt', 'utf8'), cwd: process.cwd(),
      })));`;
    const args = ['-e', script, '$(reboot)', 'a b'];
    const { exitCode, stdout } = await openPrograms(node).run('here', args, {
      signal,
      input: 'in',
      files: { 'list.txt': 'one' },
    });
    const said = JSON.parse(stdout) as Record<string, unknown>;
    expect({ exitCode, ...said }).toMatchObject({
      exitCode: 0,
      args: ['$(reboot)', 'a b'],
      input: 'in',
      file: 'one',
    });
    expect(existsSync(String(said.cwd))).toBe(false);
  });

  it('tells how it ended, and gets no credentials of the engine', async () => {
    process.env.MESHWRIGHT_TEST_TOKEN = 'hidden';
    try {
      const script = 'console.error(JSON.stringify(process.env)); process.exit(3)';
      const { exitCode, stderr } = await openPrograms(node).run('here', ['-e', script], { signal });
      expect(exitCode).toBe(3);
      expect(stderr).not.toContain('hidden');
    } finally {
      delete process.env.MESHWRIGHT_TEST_TOKEN;
    }
  });

  it('is ended when nobody waits for it any more', async () => {
    const cancelling = new AbortController();
    const running = openPrograms(node).run('here', ['-e', 'setInterval(() => {}, 1000)'], {
      signal: cancelling.signal,
    });
    cancelling.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });

  it('is refused where it is not there, or wants a file elsewhere', async () => {
    const programs = openPrograms({ ...node, absent: '/nowhere/absent' });
    expect(await programs.find('absent')).toBeUndefined();
    expect(await programs.find('node')).toMatch(/^\//);
    await expect(programs.run('absent', [], { signal })).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
    });
    await expect(programs.run('here', [], { signal, files: { '../out': '' } })).rejects.toMatchObject({
      code: 'INTERNAL',
    });
  });

  it.runIf(process.platform === 'linux')('tells how long it waited for a processor', async () => {
    const script = 'setTimeout(() => {}, 700)';
    const { waitedSeconds } = await openPrograms(node).run('here', ['-e', script], { signal });
    expect(waitedSeconds).toBeGreaterThanOrEqual(0);
  });
});
