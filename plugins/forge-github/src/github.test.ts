import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ForgeCredential, HttpPort } from '@meshwright/plugin-sdk';
import { plainHttp } from '@meshwright/plugin-testkit';
import { apiAddress } from './api.ts';
import { appToken } from './app.ts';
import { connect } from './connection.ts';
import { type FakeGithub, startGithub } from './test-support/server.ts';
import { receive } from './webhook.ts';
import { tokenSubject } from './test-support/subject.ts';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const now = Date.UTC(2026, 10, 20, 9, 30);
const asApp: ForgeCredential = {
  kind: 'app',
  app: '4242',
  privateKey: async () => Promise.resolve(keys.privateKey),
};

async function github(): Promise<FakeGithub> {
  const fake = await startGithub('acme/owners', { kind: 'app', app: '4242', publicKey: keys.publicKey });
  onTestFinished(() => fake.local.stop());
  return fake;
}

function connection(
  fake: FakeGithub,
  credential: ForgeCredential = asApp,
  http: HttpPort = plainHttp,
): ReturnType<typeof connect> {
  const settings = {
    service: 'forge',
    url: fake.local.url,
    credential,
    webhookSecret: async () => Promise.resolve('s'),
  };
  return connect(settings, { http, now: () => Date.now() + fake.passed });
}

describe('the address of the API', () => {
  it.each([
    ['https://github.com', 'https://api.github.com'],
    ['https://acme.ghe.com', 'https://api.acme.ghe.com'],
    ['https://github.example.com', 'https://github.example.com/api/v3'],
    ['https://example.com/github', 'https://example.com/github/api/v3'],
    ['https://github.com.evil.example', 'https://github.com.evil.example/api/v3'],
  ])('of %s is %s', (url, expected) => {
    expect(apiAddress(url)).toBe(expected);
  });
});

describe('the token of an app', () => {
  it('is signed by its key, and lives for less than ten minutes', () => {
    const [head = '', claims = '', signature = ''] = appToken('4242', keys.privateKey, now).split('.');
    expect(
      verify('sha256', Buffer.from(`${head}.${claims}`), keys.publicKey, Buffer.from(signature, 'base64url')),
    ).toBe(true);
    const seconds = now / 1_000;
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
      iss: '4242',
      iat: seconds - 60,
      exp: seconds + 540,
    });
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT' });
  });

  it.each([
    ['nothing', ''],
    ['no key', 'secret-key-material'],
    ['half a key', keys.privateKey.slice(0, 300)],
    ['a public key', keys.publicKey],
    [
      'a key of another kind',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
  ])('is refused for %s, of which nothing is shown', (_what, key) => {
    const make = (): string => appToken('4242', key, now);
    expect(make).toThrow(expect.objectContaining({ code: 'SERVICE_REFUSED' }));
    for (const line of key.split('\n').filter((one) => one.length > 10 && !one.includes('-----'))) {
      expect(make).not.toThrow(line);
    }
  });
});

describe('the tokens of installations', () => {
  it('are kept until a minute before they end', async () => {
    const fake = await github();
    const forge = connection(fake);
    await forge.pullRequest('acme/patterns', 1);
    await forge.pullRequest('acme/patterns', 2);
    expect(fake.tokens()).toBe(1);
    fake.passed += 58 * 60_000;
    await forge.pullRequest('acme/patterns', 1);
    expect(fake.tokens()).toBe(1);
    fake.passed += 90_000;
    await forge.pullRequest('acme/patterns', 1);
    expect(fake.tokens()).toBe(2);
  });

  it('are asked for once, however many requests begin together', async () => {
    const fake = await github();
    const forge = connection(fake);
    await Promise.all([1, 2, 3, 4, 5].map((number) => forge.pullRequest('acme/patterns', number)));
    expect(fake.tokens()).toBe(1);
  });

  it('are those of the installation that the configuration names', async () => {
    const fake = await github();
    const forge = connection(fake, { ...asApp, installation: '77' });
    await forge.pullRequest('acme/patterns', 1);
    await forge.teamMembers('acme/owners');
    expect(fake.tokens()).toBe(1);
    expect(fake.local.requests.some(({ path }) => path.endsWith('/installation'))).toBe(false);
    await expect(
      connection(fake, { ...asApp, installation: '../../x' }).pullRequest('acme/patterns', 1),
    ).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
  });

  it('that no longer count are asked for anew, once', async () => {
    const fake = await github();
    const forge = connection(fake);
    await forge.pullRequest('acme/patterns', 1);
    fake.revoke();
    expect((await forge.pullRequest('acme/patterns', 1)).number).toBe(1);
    expect(fake.tokens()).toBe(2);
  });
});

describe('check', () => {
  const answers = (changed: Record<string, unknown>): HttpPort => ({
    async send(request) {
      const response = await plainHttp.send(request);
      const path = new URL(request.url).pathname.replace('/api/v3', '');
      return path in changed ? { ...response, body: JSON.stringify(changed[path]) } : response;
    },
  });

  it.each([
    [
      'an archived repository',
      { '/repos/acme/patterns': { full_name: 'acme/patterns', archived: true } },
      'archived',
    ],
    [
      'an app without a permission',
      {
        '/app': {
          id: 1,
          slug: 'app',
          permissions: { contents: 'read', pull_requests: 'write', statuses: 'read' },
        },
      },
      'statuses: write',
    ],
  ])('refuses %s', async (_what, changed, message) => {
    const fake = await github();
    const checked = connection(fake, asApp, answers(changed)).check('acme/patterns');
    await expect(checked).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    await expect(checked).rejects.toThrow(message);
  });

  it('refuses an account that may only read', async () => {
    const fake = await tokenSubject.start();
    onTestFinished(() => fake.local.stop());
    const changed = { '/repos/acme/patterns': { full_name: 'acme/patterns', permissions: { push: false } } };
    const forge = connect(tokenSubject.settings(fake.local.url), { http: answers(changed), now: () => now });
    await expect(forge.check('acme/patterns')).rejects.toThrow('may not write');
  });
});

describe('a webhook', () => {
  const settings = {
    service: 'forge',
    webhookSecret: async () => Promise.resolve(tokenSubject.webhookSecret),
  };
  const how = { secret: tokenSubject.webhookSecret, at: now, delivery: 'd' };
  const send = (event: string, payload: object | string): ReturnType<typeof receive> => {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return receive(tokenSubject.webhooks.signed(event, Buffer.from(text), how), settings);
  };
  const comment = {
    action: 'created',
    issue: { number: 7, pull_request: {} },
    comment: {
      id: 9,
      html_url: 'https://github.com/x',
      body: '/why',
      user: { id: 101, login: 'ada', type: 'User' },
    },
    repository: { full_name: 'acme/patterns' },
    sender: { id: 101, login: 'ada' },
  };

  it('that GitHub makes when it is set up is a ping', async () => {
    expect((await send('ping', { zen: 'Keep it logically awesome.', hook_id: 1 }))?.event).toEqual({
      kind: 'ping',
    });
  });

  it('as a form is refused with what to change', async () => {
    const form = `payload=${encodeURIComponent(JSON.stringify(comment))}`;
    await expect(send('issue_comment', form)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { remedy: expect.stringContaining('application/json') as string },
    });
  });

  it('of a program is told as one', async () => {
    const bot = { id: 101, login: 'x[bot]', type: 'Bot' };
    const byBot = await send('issue_comment', { ...comment, comment: { ...comment.comment, user: bot } });
    const byApp = await send('issue_comment', {
      ...comment,
      comment: { ...comment.comment, performed_via_github_app: { id: 3 } },
    });
    expect([byBot?.event, byApp?.event]).toMatchObject([{ automated: true }, { automated: true }]);
  });

  it('of somebody who writes in the name of another is of no interest', async () => {
    const heard = await send('issue_comment', { ...comment, sender: { id: 666, login: 'mallory' } });
    expect(heard?.event).toEqual({ kind: 'other', name: 'issue_comment created' });
  });

  it('of a label is of no interest', async () => {
    const heard = await send('pull_request', {
      action: 'labeled',
      number: 7,
      repository: comment.repository,
    });
    expect(heard?.event).toEqual({ kind: 'other', name: 'pull_request labeled' });
  });
});
