import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSecrets, type WebhookConfig } from '@meshwright/config';
import { recordingLogger } from '../test-support/logger.ts';
import { addHooks } from './hooks.ts';
import { createRates } from './rates.ts';
import { createServer, limitsWith, listenOn, type ServerLimits } from './server.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const secret = 'hook-secret-51f2';
const signingToken = `whsec_${Buffer.from('a key of GitLab').toString('base64')}`;
const body = '{"ref":"refs/heads/main"}';
let server: { url: string; stop(): Promise<void> };
let hinted: string[];
let logger: ReturnType<typeof recordingLogger>;

/** Waits for a condition that has no event; the machine may be busy. */
async function eventually(condition: () => unknown): Promise<void> {
  await vi.waitFor(condition, { timeout: 20_000, interval: 20 });
}

beforeEach(async () => {
  vi.stubEnv('TEST_HOOK_SECRET', secret);
  vi.stubEnv('TEST_SIGNING_TOKEN', signingToken);
  await start();
});
afterEach(async () => {
  await server.stop();
  vi.unstubAllEnvs();
});

async function start(told: Partial<ServerLimits> = {}): Promise<void> {
  hinted = [];
  logger = recordingLogger();
  const providers = ['github', 'gitlab', 'gitea', 'generic'] as const;
  const withHook = (name: string, webhook: WebhookConfig): { name: string; webhook: WebhookConfig } => ({
    name,
    webhook,
  });
  const limits = limitsWith({ remote: { perSecond: 1_000, burst: 1_000 }, ...told });
  const own = createServer({ limits, logger });
  addHooks(own, {
    secrets: openSecrets(),
    believed: createRates(limits.believed),
    repositories: [
      ...providers.map((provider) => withHook(provider, { provider, secret: { env: 'TEST_HOOK_SECRET' } })),
      withHook('gitlab-signing', { provider: 'gitlab', secret: { env: 'TEST_SIGNING_TOKEN' } }),
      { name: 'no-webhook' },
    ],
    onHint: (repository) => hinted.push(repository),
    logger,
  });
  server = { url: await listenOn(own, { host: '127.0.0.1', port: 0 }), stop: () => own.close() };
}

function hmac(content = body, key: string | Buffer = secret): string {
  return createHmac('sha256', key).update(content).digest('hex');
}

async function post(
  repository: string,
  headers: Record<string, string>,
  content: string | Buffer = body,
): Promise<Response> {
  return fetch(`${server.url}/hooks/${repository}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: content,
  });
}

const good: [repository: string, header: string, value: string][] = [
  ['github', 'x-hub-signature-256', `sha256=${hmac()}`],
  ['gitlab', 'x-gitlab-token', secret],
  ['gitea', 'x-gitea-signature', hmac()],
  ['gitea', 'x-forgejo-signature', hmac()],
  ['generic', 'x-signature-256', `sha256=${hmac()}`],
];

describe('a webhook', () => {
  it.each(good)('of %s is believed by %s', async (repository, header, value) => {
    const response = await post(repository, { [header]: value });
    expect([response.status, await response.text()]).toEqual([202, '']);
    await eventually(() => expect(hinted).toEqual([repository]));
  });

  it('of GitLab is believed by its signing token', async () => {
    const key = Buffer.from('a key of GitLab');
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signed = createHmac('sha256', key).update(`id-1.${timestamp}.${body}`).digest('base64');
    const headers = { 'webhook-id': 'id-1', 'webhook-timestamp': timestamp };
    const response = await post('gitlab-signing', {
      ...headers,
      'webhook-signature': `v1,wrong v1,${signed}`,
    });
    expect(response.status).toBe(202);
    expect((await post('gitlab-signing', { ...headers, 'webhook-signature': 'v1,wrong' })).status).toBe(401);
    expect((await post('gitlab-signing', {})).status).toBe(401);
  });

  it.each(good)(
    'of %s is refused without %s, with a wrong one, and over another body',
    async (repository, header, value) => {
      const answers = [
        await post(repository, {}),
        await post(repository, { [header]: '' }),
        await post(repository, { [header]: `${value}0` }),
        await post(repository, { [header]: value.slice(0, -1) }),
        ...(repository === 'gitlab' ? [] : [await post(repository, { [header]: value }, `${body} `)]),
        await post(repository, { 'x-hub-signature': 'sha1=0000', 'x-other': value }),
      ];
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
      expect(hinted).toEqual([]);
    },
  );

  it('for a repository that is unknown or has no secret looks like one with a wrong signature', async () => {
    const headers = { 'x-signature-256': `sha256=${hmac()}`, 'x-gitlab-token': '' };
    const wrong = await post('github', headers);
    for (const repository of ['unknown', 'no-webhook', '.*', '__proto__', 'constructor']) {
      const response = await post(repository, headers);
      expect([response.status, await response.text()]).toEqual([wrong.status, '']);
    }
    expect(await wrong.text()).toBe('');
  });

  it('is refused when the secret it is checked with cannot be read', async () => {
    vi.stubEnv('TEST_HOOK_SECRET', undefined);
    const response = await post('github', { 'x-hub-signature-256': `sha256=${hmac(body, '')}` });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).toBe('');
    expect(hinted).toEqual([]);
  });

  it('is a hint however its body reads: no JSON, gzip, empty, of any type', async () => {
    const bodies = [
      '',
      'not json',
      '['.repeat(100_000),
      '{"__proto__":1}',
      Buffer.from([0x1f, 0x8b, 0, 255]),
    ];
    for (const content of bodies) {
      const signature = createHmac('sha256', secret).update(content).digest('hex');
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' };
      const response = await post('gitea', { ...headers, 'x-gitea-signature': signature }, content);
      expect(response.status).toBe(202);
    }
    await eventually(() => expect(hinted).toHaveLength(bodies.length));
  });

  it('that comes twice is a hint twice', async () => {
    const headers = { 'x-github-delivery': 'same', 'x-hub-signature-256': `sha256=${hmac()}` };
    await post('github', headers);
    await post('github', headers);
    await eventually(() => expect(hinted).toEqual(['github', 'github']));
  });

  it('of more than a mebibyte is refused', async () => {
    const large = Buffer.alloc(1024 * 1024 + 1, 'a');
    const signature = createHmac('sha256', secret).update(large).digest('hex');
    const status = await post('gitea', { 'x-gitea-signature': signature }, large).then(
      (response) => response.status,
      () => 'cut',
    );
    expect([413, 'cut']).toContain(status);
    expect(hinted).toEqual([]);
  });

  it('never brings its secret or its body into a log', async () => {
    await post('gitlab', { 'x-gitlab-token': `${secret}x` });
    await post('gitlab', { 'x-gitlab-token': secret });
    expect(logger.lines.join('\n')).not.toMatch(new RegExp(`${secret}|refs/heads`));
    expect(logger.lines.join('\n')).toContain('webhook refused');
  });
});

describe('the server', () => {
  it('takes no more of one remote address than its bucket holds, and says when there is more', async () => {
    await server.stop();
    await start({ remote: { perSecond: 0.1, burst: 3 } });
    const answers = [];
    for (let count = 0; count < 5; count += 1) answers.push(await fetch(`${server.url}/healthz`));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(Number(answers[4]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answers[4]?.text()).toBe('');
  });

  it.each(['GET / HTTP/1.1\r\nhost x\r\n\r\n', '\0\u0001\r\n\r\n', 'GET /%zz HTTP/1.1\r\nhost: x\r\n\r\n'])(
    'answers %j with a status and not a word',
    async (text) => {
      const { port } = new URL(server.url);
      const socket = connect(Number(port), '127.0.0.1');
      let answer = '';
      socket.on('data', (data: Buffer) => (answer += data.toString()));
      socket.end(text);
      await new Promise((resolve) => socket.once('close', resolve));
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(answer.split('\r\n\r\n')[1]).toBe('');
    },
  );

  it('says that it is well, and nothing else to a stranger', async () => {
    const health = await fetch(`${server.url}/healthz`);
    expect([health.status, await health.text()]).toEqual([200, 'ok']);
    for (const path of ['/', '/hooks', '/hooks/github', '/metrics']) {
      const response = await fetch(`${server.url}${path}`);
      expect([response.status, await response.text()]).toEqual([404, '']);
    }
  });

  it.each([
    ['headers', 'POST /hooks/github HTTP/1.1\r\nhost: x\r\n'],
    ['body', 'POST /hooks/github HTTP/1.1\r\nhost: x\r\ncontent-type: a/b\r\ncontent-length: 100\r\n\r\n{'],
  ])('does not wait for a client that is slow with its %s', async (_part, start_) => {
    await server.stop();
    await start({ requestMs: 200 });
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(start_);
    const drip = setInterval(() => socket.write('a'), 50);
    socket.on('error', () => undefined);
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(drip);
    expect(hinted).toEqual([]);
  });

  it('drops connections beyond its limit and serves the others', async () => {
    await server.stop();
    await start({ connections: 2 });
    const { port } = new URL(server.url);
    const sockets = [0, 1, 2].map(() => connect(Number(port), '127.0.0.1'));
    const dropped = await Promise.race(
      sockets.map((socket) => new Promise((resolve) => socket.once('close', () => resolve(true)))),
    );
    expect(dropped).toBe(true);
    for (const socket of sockets) socket.destroy();
    await eventually(async () => expect((await fetch(`${server.url}/healthz`)).status).toBe(200));
  });

  it('says plainly when its address is taken', async () => {
    const { port } = new URL(server.url);
    const another = createServer({ limits: limitsWith(), logger });
    await expect(listenOn(another, { host: '127.0.0.1', port: Number(port) })).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      details: { remedy: expect.any(String) as string },
    });
  });
});
