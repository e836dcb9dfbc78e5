import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** The runtime of the SDK is one for a process: this is tried in a process of its own, which says what it saw. */
const program = `
import { createServer } from 'node:net';
import { createLogger } from '@meshwright/telemetry';
import { loadWorkerSdk, serveSdkMetrics } from './runtime.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const other = createServer().listen(0, '127.0.0.1');
await new Promise((resolve) => other.once('listening', resolve));
const listen = { host: '127.0.0.1', port: other.address().port };
serveSdkMetrics(listen);
const refused = await loadWorkerSdk(logger).catch(({ code, message }) => ({ code, message }));
await new Promise((resolve) => other.close(resolve));
await loadWorkerSdk(logger);
const { status } = await fetch(\`http://127.0.0.1:\${listen.port}/metrics\`);
let late;
try {
  serveSdkMetrics(listen);
} catch ({ message }) {
  late = message;
}
console.log(JSON.stringify({ port: listen.port, refused, status, late }));
process.exit(0);
`;

it('the metrics of the SDK are refused at an address that is taken, until it is free, and once workers run', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
  });
  const { port, ...seen } = JSON.parse(stdout) as { port: number };
  expect(seen).toEqual({
    refused: {
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining(String(port)) as string,
    },
    status: 200,
    late: expect.stringContaining('from the start of a process') as string,
  });
});
