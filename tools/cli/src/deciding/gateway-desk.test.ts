import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WaitingGate } from '@meshwright/rollouts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../cli.ts';
import { testHost } from '../test-support/host.ts';
import { openGatewayDesk } from './gateway-desk.ts';

const token = 't'.repeat(40);
const subject = `sha256:${'a'.repeat(64)}`;
const waiting = {
  kind: 'policy-change',
  workflow: 'policy:patterns@0123456789ab',
  run: 'r-1',
  repository: 'patterns',
  about: 'approvals.yaml',
  approval: {
    gate: 'policy',
    title: 'of the approval policy',
    run: 'r-1',
    subject,
    approvers: ['group:owners'],
    quorum: 2,
    requiredGroups: [],
    openedAt: 0,
    expiresAt: 4_000_000_000_000,
    decisions: [],
  },
} satisfies WaitingGate;

interface Asked {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

let server: Server;
let address: string;
let asked: Asked[];
let answer: (request: Asked) => { status: number; body?: unknown };

beforeEach(async () => {
  asked = [];
  answer = () => ({ status: 200, body: { approvals: [waiting] } });
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
      asked.push(seen);
      const { status, body } = answer(seen);
      response.writeHead(status).end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function run(args: string[], env: Record<string, string> = { MESHWRIGHT_TOKEN: token }) {
  const host = testHost({ env: { MESHWRIGHT_GATEWAY: address, ...env } });
  const code = await runCli(args, host);
  return { code, out: host.out(), err: host.err() };
}

const approve = ['approve', waiting.workflow, '--subject', subject];

describe('decisions through a gateway', () => {
  it('are bound to what was seen, and name nobody: the token does', async () => {
    answer = ({ method }) =>
      method === 'GET'
        ? { status: 200, body: { approvals: [waiting] } }
        : { status: 200, body: { approval: { ...waiting.approval, decisions: [{ decision: 'approve' }] } } };
    const { code, out, err } = await run(approve);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`Approved through ${address}, which knows by whom. 1 more approval needed.`);
    const [, decided] = asked;
    expect(decided).toMatchObject({
      method: 'POST',
      url: '/api/v1/rollouts/policy%3Apatterns%400123456789ab/decisions',
    });
    expect(decided?.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      'idempotency-key': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(JSON.parse(decided?.body ?? '')).toEqual({
      run: 'r-1',
      gate: 'policy',
      subject,
      decision: 'approve',
    });
  });

  it('are listed by it, with nothing asked of Temporal', async () => {
    const { code, out } = await run(['approvals', '--repository', 'patterns']);
    expect(code).toBe(0);
    expect(asked[0]?.url).toBe('/api/v1/approvals?limit=50&repository=patterns');
    expect(out).toContain('policy:patterns@0123456789ab');
    expect(out).toContain('0 of 2, from group:owners');
  });

  it('are refused with the reason and the remedy of the workflow', async () => {
    answer = ({ method }) =>
      method === 'GET'
        ? { status: 200, body: { approvals: [waiting] } }
        : {
            status: 409,
            body: {
              code: 'APPROVAL_REFUSED',
              message: 'eve is not among the approvers.',
              remedy: 'Ask ada.',
            },
          };
    const { code, err } = await run(approve);
    expect(code).toBe(1);
    expect(err).toContain('eve is not among the approvers.');
    expect(err).toContain('remedy: Ask ada.');
  });

  it('say that the token is not believed, and never what it is', async () => {
    answer = () => ({ status: 401 });
    const { code, out, err } = await run(approve);
    expect(code).toBe(1);
    expect(err).toContain('does not believe the token');
    expect(out + err).not.toContain(token);
  });

  it.each([{}, { approvals: [{ kind: 'rollout' }] }, []])('do not take %j for an answer', async (body) => {
    answer = () => ({ status: 200, body });
    const { code, err } = await run(['approvals']);
    expect(code).toBe(1);
    expect(err).toContain('did not answer as the gateway');
  });

  it('need a token, and take no name beside it', async () => {
    expect(await run(approve, {})).toMatchObject({
      code: 2,
      err: expect.stringContaining('MESHWRIGHT_TOKEN') as string,
    });
    expect(await run([...approve, '--as', 'ada'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--as') as string,
    });
    expect(asked).toEqual([]);
  });

  it.each([
    'http://meshwright.example.com',
    'http://127.0.0.1.example.com',
    'https://ada:secret@meshwright.example.com',
    'ftp://localhost',
    'meshwright.example.com',
    '',
  ])('do not show the token to %j', (url) => {
    expect(() => openGatewayDesk(url, token)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});
