import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';

const module = new URL('./young-heap.ts', import.meta.url).href;
const script = `
const { withSmallYoungHeap } = await import(${JSON.stringify(module)});
withSmallYoungHeap();
const { pid, execArgv, argv, env } = process;
console.log(JSON.stringify({ pid, options: execArgv.slice(2), rest: argv.slice(1), kept: env.KEPT }));
`;

interface Told {
  pid: number;
  options: string[];
  rest: string[];
  kept: string;
}

async function run(options: string[], environment: Record<string, string> = {}): Promise<[number, Told]> {
  const argv = ['--input-type=module', `--eval=${script}`, ...options, '--', 'one', '--two=a b'];
  const child = spawn(process.execPath, argv, { env: { KEPT: 'yes', ...environment } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  return [child.pid ?? 0, JSON.parse(output) as Told];
}

it('begins the process again under the same id, with a small young heap and everything it was given', async () => {
  const [pid, told] = await run(['--stack-size=900']);
  expect(told).toEqual({
    pid,
    options: ['--stack-size=900', '--max-semi-space-size=4'],
    rest: ['one', '--two=a b'],
    kept: 'yes',
  });
}, 30_000);

it('leaves a process as it is that was started with a size', async () => {
  const [, given] = await run(['--max-semi-space-size=8']);
  expect(given.options).toEqual(['--max-semi-space-size=8']);
  const [, inherited] = await run([], { NODE_OPTIONS: '--max-semi-space-size=16' });
  expect(inherited.options).toEqual([]);
}, 30_000);
