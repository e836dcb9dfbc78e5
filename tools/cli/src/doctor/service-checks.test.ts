import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseConfig } from '@meshwright/config';
import { openSecrets } from '@meshwright/config';
import { afterEach, expect, it } from 'vitest';
import { type CheckResult, runChecks } from './run.ts';
import { serviceChecks } from './service-checks.ts';

let close: (() => void) | undefined;
afterEach(() => close?.());

/** Serves one answer for every request; gives its address. */
async function serving(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => server.close();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function look(text: string, environment: Record<string, string>): Promise<Map<string, CheckResult>> {
  const { config } = parseConfig(text, '/etc/meshwright/meshwright.yaml', {});
  const options = { timeoutSeconds: 10, signal: new AbortController().signal };
  const results = await runChecks(serviceChecks(config!, openSecrets({ environment })), options);
  return new Map(results.map((result) => [result.name, result]));
}

it('is nothing to look at where no service is configured', async () => {
  expect([...(await look('', {})).keys()]).toEqual([]);
});

it('says what a forge refuses, with its remedy and without the token', async () => {
  const url = await serving(401, '{"message":"this token is wrong"}');
  const text = `
forges: [{ name: git, type: gitea, url: "${url}", token: { env: TOKEN }, webhookSecret: { env: HOOK } }]
repositories: [{ name: patterns, url: "https://h/acme/patterns", branch: main, forge: git }]
gateway: { listen: "127.0.0.1:0" }
`;
  const forge = (await look(text, { TOKEN: 'hunter2', HOOK: 'h' })).get('forge git for patterns');
  expect(forge).toMatchObject({ state: 'failed', details: { remedy: expect.any(String) as string } });
  expect(JSON.stringify(forge)).not.toContain('hunter2');
});

it('misses a secret that webhooks are checked with', async () => {
  const text = `
forges: [{ name: git, type: gitea, url: "http://127.0.0.1:9", token: { env: TOKEN }, webhookSecret: { env: HOOK } }]
repositories: [{ name: patterns, url: "https://h/acme/patterns", branch: main, forge: git }]
gateway: { listen: "127.0.0.1:0" }
`;
  const forge = (await look(text, { TOKEN: 'a' })).get('forge git for patterns');
  expect(forge).toMatchObject({ state: 'failed', message: expect.stringContaining('HOOK') as string });
});

it('finds tokens that are short, and those that are not', async () => {
  const text =
    'gateway: { listen: "127.0.0.1:0", tokens: [{name: a, token: {env: A}}, {name: b, token: {env: B}}] }\n';
  const results = await look(text, { A: 'short', B: 'x'.repeat(32) });
  expect(results.get('token a')).toMatchObject({ state: 'failed' });
  expect(results.get('token b')).toMatchObject({ state: 'ok' });
  expect(results.get('gateway')).toMatchObject({ state: 'skipped' });
});

it('finds the gateway at its public address, and says when nobody answers there', async () => {
  const url = await serving(200, 'ok');
  const text = (address: string): string =>
    `gateway: { url: "${address}", tokens: [{name: a, token: {env: A}}] }\n`;
  expect((await look(text(url), { A: 'x'.repeat(32) })).get('gateway')).toMatchObject({
    state: 'ok',
    message: url,
  });
  const away = (await look(text('http://127.0.0.1:9'), { A: 'x'.repeat(32) })).get('gateway');
  expect(away).toMatchObject({ state: 'failed', details: { where: 'http://127.0.0.1:9/healthz' } });
});
