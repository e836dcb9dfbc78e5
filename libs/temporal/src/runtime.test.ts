import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** The runtime of the SDK is one for a process: this is tried in a process of its own, which says what it saw. */
const program = `
import { createServer } from 'node:net';
import { createLogger } from '@meshwright/telemetry';
import { loadWorkerSdk, serveSdkMetrics } from './runtime.ts';

const logged = [];
const logger = { ...createLogger({ name: 'test', level: 'silent' }), child: () => logger };
logger.error = (data, message) => void logged.push([message, data]);
const other = createServer().listen(0, '127.0.0.1');
await new Promise((resolve) => other.once('listening', resolve));
const listen = { host: '127.0.0.1', port: other.address().port };
serveSdkMetrics(listen);
const refused = await loadWorkerSdk(logger).catch(({ code, message }) => ({ code, message }));
await new Promise((resolve) => other.close(resolve));
const { Runtime } = await loadWorkerSdk(logger);
Runtime.instance().logger.error('no task', { error: new Error('the key is not known'), queue: 'git' });
Runtime.instance().logger.flush();
const { status } = await fetch(\`http://127.0.0.1:\${listen.port}/metrics\`);
let late;
try {
  serveSdkMetrics(listen);
} catch ({ message }) {
  late = message;
}
console.log(JSON.stringify({ port: listen.port, refused, status, late, logged }));
process.exit(0);
`;

it('the SDK logs where its first caller does; its metrics are refused at an address that is taken, until it is free, and once workers run', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
  });
  const { port, logged, ...seen } = JSON.parse(stdout) as { port: number; logged: unknown };
  expect(logged).toEqual([
    ['no task', expect.objectContaining({ queue: 'git', reason: 'the key is not known' }) as unknown],
  ]);
  expect(seen).toEqual({
    refused: {
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining(String(port)) as string,
    },
    status: 200,
    late: expect.stringContaining('from the start of a process') as string,
  });
});
