import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

const module = new URL('./keep-compiled.ts', import.meta.url).href;
const thread = `
import { getCompileCacheDir } from 'node:module';
import { parentPort } from 'node:worker_threads';
parentPort.postMessage(getCompileCacheDir() ?? 'none');
`;
const program = `
import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import { keepCompiled } from ${JSON.stringify(module)};
keepCompiled();
const ofThread = await new Promise((resolve, reject) => {
  new Worker(${JSON.stringify(thread)}, { eval: true }).once('message', resolve).once('error', reject);
});
const { NODE_COMPILE_CACHE: told = 'nobody' } = process.env;
console.log(JSON.stringify({ own: getCompileCacheDir() ?? 'none', ofThread, told }));
`;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'compile-cache-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function run(
  environment: Record<string, string>,
): Promise<Record<'own' | 'ofThread' | 'told', string>> {
  const argv = ['--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { env: environment });
  return JSON.parse(stdout) as Awaited<ReturnType<typeof run>>;
}

it('keeps what is compiled where the caches of the user are, that of threads too', async () => {
  const folder = join(directory, 'meshwright', 'compiled');
  const { own, ofThread, told } = await run({ XDG_CACHE_HOME: directory });
  expect(told).toBe(folder);
  expect(own.startsWith(folder)).toBe(true);
  expect(ofThread).toBe(own);
  expect(await readdir(folder)).toHaveLength(1);
});

it('keeps it in the home of the user where nothing else is said', async () => {
  const { told } = await run({ HOME: directory, XDG_CACHE_HOME: 'relative' });
  expect(told).toBe(join(directory, '.cache', 'meshwright', 'compiled'));
});

it('leaves another folder as somebody else has named it', async () => {
  const other = join(directory, 'other');
  const { own, told } = await run({ XDG_CACHE_HOME: directory, NODE_COMPILE_CACHE: other });
  expect(told).toBe(other);
  expect(own.startsWith(other)).toBe(true);
  expect(await readdir(directory)).toEqual(['other']);
});

it.each([
  ['cannot be written', async () => ({ XDG_CACHE_HOME: await aFile() })],
  ['is not wanted', () => ({ XDG_CACHE_HOME: directory, NODE_DISABLE_COMPILE_CACHE: '1' })],
])('goes on without a folder that %s', async (_why, environment) => {
  expect(await run(await environment())).toEqual({ own: 'none', ofThread: 'none', told: 'nobody' });
});

/** A file where a folder should be. */
async function aFile(): Promise<string> {
  const path = join(directory, 'file');
  await writeFile(path, '');
  return path;
}
