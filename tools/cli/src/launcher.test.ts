import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const launcher = fileURLToPath(new URL('../bin/meshwright.mjs', import.meta.url));
const examples = fileURLToPath(new URL('../../../examples', import.meta.url));
let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'meshwright-cli-'));
});
afterAll(() => rm(cache, { recursive: true }));

const node = (...args: string[]) =>
  promisify(execFile)(process.execPath, args, {
    env: { ...process.env, MESHWRIGHT_CONFIG: '', XDG_CACHE_HOME: cache },
  });
const run = (...args: string[]) => node(launcher, ...args);

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

it('keeps what it has compiled for the next command, where the caches of its user are', async () => {
  await run('--version');
  expect(await readdir(join(cache, 'meshwright', 'compiled'))).not.toEqual([]);
}, 30_000);

it('loads the command that its arguments name, and nothing of what others need', async () => {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    process.argv.push('meshwright', 'validate', ${JSON.stringify(examples)});
    await import(${JSON.stringify(new URL('main.ts', import.meta.url).href)});
    console.error(JSON.stringify(loaded));
  `;
  const { stdout, stderr } = await node('--input-type=module', '--eval', program);
  expect(stdout).toContain(': 0 errors, 0 warnings.');
  const loaded = JSON.parse(stderr) as string[];
  expect(loaded.some((url) => url.endsWith('/commands/validate.ts'))).toBe(true);
  const others =
    /@temporalio|@kubernetes|undici|hdr-histogram|libs\/rollouts|commands\/(?!validate|examples)/;
  expect(loaded.filter((url) => others.test(url))).toEqual([]);
}, 30_000);
