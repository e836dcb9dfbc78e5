import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const launcher = fileURLToPath(new URL('../bin/meshwright.mjs', import.meta.url));
const examples = fileURLToPath(new URL('../../../examples', import.meta.url));
const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, [launcher, ...args], {
    env: { ...process.env, MESHWRIGHT_CONFIG: '' },
  });

it('starts from its sources and passes arguments, output and exit code through', async () => {
  const { stdout } = await run('--version');
  expect(stdout).toBe('0.1.0\n');
  await expect(run('stauts')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('status') as string,
  });
}, 30_000);

it.each(['.', 'cilium', 'linkerd'])(
  'accepts the examples of this repository: %s',
  async (folder) => {
    const { stdout, stderr } = await run('validate', join(examples, folder));
    expect(stderr).toBe('');
    expect(stdout).toContain(': 0 errors, 0 warnings.');
  },
  30_000,
);
