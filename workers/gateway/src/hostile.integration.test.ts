import { type ChildProcess, fork } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowType } from '@meshwright/model';
import { connectTemporal, ensureSearchAttributes, type TemporalConnection } from '@meshwright/temporal';
import { testServerAddress } from '@meshwright/workflow-bundle/test-support/server';
import { createNamespace, eventually } from '@meshwright/workflow-bundle/test-support/world';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { approvingComment, type Attack, attacks } from './test-support/attacks.ts';
import { type HostileOrder, type HostileReport, hostileSecrets } from './test-support/hostile-config.ts';

const count = 1_000;
const mebibyte = 1024 * 1024;

let temporal: TemporalConnection;
let server: ChildProcess;
let directory: string;
let before: HostileReport;

beforeAll(async () => {
  const address = testServerAddress();
  const namespace = `hostile-${randomUUID()}`;
  directory = await mkdtemp(join(tmpdir(), 'meshwright-hostile-'));
  await createNamespace(address, namespace);
  temporal = await connectTemporal({ address, namespace });
  await ensureSearchAttributes(temporal.client.connection, { address, namespace });
  const script = new URL('./test-support/hostile-server.ts', import.meta.url);
  server = fork(script, { execArgv: ['--expose-gc'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  server.send({ address, namespace, directory } satisfies HostileOrder);
  before = await answer();
});
afterAll(async () => {
  if (server.exitCode === null) {
    server.send('stop');
    await once(server, 'exit');
  }
  await temporal.close();
  await rm(directory, { recursive: true, force: true });
});

async function answer(): Promise<HostileReport> {
  const [message] = (await once(server, 'message')) as [HostileReport];
  return message;
}

async function report(): Promise<HostileReport> {
  const next = answer();
  server.send('report');
  return next;
}

/** The status; `cut` where the server has hung up on a body that it does not want. */
function send({ method, path, headers, body }: Omit<Attack, 'what' | 'signed'>): Promise<number | 'cut'> {
  const { hostname, port } = new URL(before.url);
  return new Promise((resolve) => {
    const outgoing = request(
      { hostname, port, method, path, headers: { ...headers, 'content-length': body.length } },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', () => resolve('cut'));
      },
    );
    outgoing.once('error', () => resolve('cut'));
    outgoing.end(body);
  });
}

/** What no client library would send: halves of requests, two lengths, lines without an end. */
const raw = [
  'GET',
  'POST /forges/gitea HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n',
  'POST /forges/gitea HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n',
  'POST /forges/gitea HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n',
  `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost: x\r\n${'x: y\r\n'.repeat(20_000)}\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000',
];

function sendRaw(text: string): Promise<string> {
  const { port } = new URL(before.url);
  const socket = connect(Number(port), '127.0.0.1');
  let received = '';
  socket.on('data', (data: Buffer) => (received += data.toString('latin1')));
  socket.on('error', () => undefined);
  socket.end(text, 'latin1');
  return new Promise((resolve) => socket.once('close', () => resolve(received)));
}

async function started(type: string): Promise<number> {
  return (await temporal.client.workflow.count(`WorkflowType = '${type}'`)).count;
}

it(`takes ${count.toLocaleString('en')} hostile requests without a crash, a forgery that is believed, or memory without bounds`, async () => {
  const all = attacks(count, 20_261_122, Date.now());
  const statuses = new Map<number | 'cut', number>();
  const believed: string[] = [];
  const failed: string[] = [];
  let peak = before.rss;
  for (let start = 0; start < all.length; start += 20) {
    const some = all.slice(start, start + 20);
    const answers = await Promise.all(some.map(send));
    for (const [place, status] of answers.entries()) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const { what, signed, path } = some[place]!;
      if (typeof status === 'number' && status < 400 && !signed) believed.push(`${status} ${path}: ${what}`);
      if (typeof status === 'number' && status >= 500) failed.push(`${status} ${path}: ${what}`);
    }
    if (start % 200 === 0) peak = Math.max(peak, (await report()).rss);
  }
  const huge = Buffer.alloc(50 * mebibyte, 'a');
  const headers = { 'content-type': 'application/json', 'x-gitea-signature': 'a'.repeat(64) };
  const large = { method: 'POST', path: '/forges/gitea', headers, body: huge };
  const larges = await Promise.all([1, 2, 3, 4].map(() => send(large)));
  expect(larges.every((status) => status === 413 || status === 'cut')).toBe(true);
  peak = Math.max(peak, (await report()).rss);
  for (const text of raw) expect(await sendRaw(text)).not.toMatch(/^HTTP\/1\.1 [25]/);
  const after = await report();
  process.stdout.write(
    [
      `hostile requests: ${count} generated, ${larges.length} of 50 MB, ${raw.length} broken ones`,
      `answers: ${[...statuses]
        .sort()
        .map(([status, times]) => `${times} × ${status}`)
        .join(', ')}`,
      `believed forgeries: ${believed.length}; failures of the server: ${failed.length}; crashes: ${server.exitCode === null ? 0 : 1}`,
      `heap: ${mib(before.heapUsed)} before, ${mib(after.heapUsed)} after; resident: ${mib(before.rss)} before, ${mib(peak)} at most, ${mib(after.rss)} after`,
      '',
    ].join('\n'),
  );
  expect(believed).toEqual([]);
  expect(failed).toEqual([]);
  expect(server.exitCode).toBeNull();
  expect(after.hints).toBe(before.hints);
  expect(after.heapUsed - before.heapUsed).toBeLessThan(32 * mebibyte);
  expect(peak).toBeLessThan(before.rss + 400 * mebibyte);
  expect(after.log.join('\n')).not.toMatch(new RegExp(Object.values(hostileSecrets).join('|')));
  expect([await started(WorkflowType.delivery), await started(WorkflowType.pullRequestPlan)]).toEqual([0, 0]);
});

it('still takes what is true after all of that', async () => {
  const body = approvingComment(17);
  const signed = createHmac('sha256', hostileSecrets.GITEA).update(body).digest('hex');
  const headers = { 'x-gitea-event': 'issue_comment', 'x-gitea-signature': signed };
  expect(await send({ method: 'POST', path: '/forges/gitea', headers, body })).toBe(202);
  expect(await send({ method: 'POST', path: '/forges/gitea', headers, body })).toBe(202);
  await eventually('one delivery has been started', async () =>
    expect(await started(WorkflowType.delivery)).toBe(1),
  );
});

function mib(bytes: number): string {
  return `${(bytes / mebibyte).toFixed(1)} MiB`;
}
