import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { ForgeSettings, IncomingRequest } from '@meshwright/plugin-sdk';
import type {
  ForgeContent,
  ForgeNews,
  ForgeSubject,
  ForgeUser,
  ForgeWorld,
} from '@meshwright/plugin-testkit';
import { github } from '../plugin.ts';
import { startGithub } from './server.ts';

const team = 'acme/mesh-owners';
const token = `ghp_${'a1B2'.repeat(9)}`;
const webhookSecret = 'hook-secret-51f2aa';
const keys = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

function settingsWith(credential: ForgeSettings['credential']): (url: string) => ForgeSettings {
  return (url) => ({
    service: 'forge',
    url,
    credential,
    webhookSecret: async () => Promise.resolve(webhookSecret),
  });
}

const common = {
  plugin: github,
  team,
  webhookSecret,
  webhooks: {
    content: contentOf,
    signed,
    signingHeaders: ['x-hub-signature-256'],
    signsBody: true,
    signsTime: false,
  },
  comments: { limit: 65_536, commandPrefix: '/' },
  tellsPushers: true,
} as const;

/** With a token of an account. */
export const tokenSubject: ForgeSubject = {
  ...common,
  secrets: [token, webhookSecret],
  start: async () => startGithub(team, { kind: 'token', token }),
  settings: settingsWith({ kind: 'token', token: async () => Promise.resolve(token) }),
};

/** With an app that is installed where nobody has said. */
export const appSubject: ForgeSubject = {
  ...common,
  secrets: [webhookSecret, 'ghs_installation', keys.privateKey.slice(40, 80)],
  start: async () => startGithub(team, { kind: 'app', app: 'Iv1.app', publicKey: keys.publicKey }),
  settings: settingsWith({
    kind: 'app',
    app: 'Iv1.app',
    privateKey: async () => Promise.resolve(keys.privateKey),
  }),
};

/** As GitHub sends it: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries. */
function signed(
  event: string,
  body: Uint8Array,
  { secret, delivery }: { secret: string; delivery: string },
): IncomingRequest {
  const mac = (hash: string): string => createHmac(hash, secret).update(body).digest('hex');
  return {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/044aadd',
      'x-github-delivery': delivery,
      'x-github-event': event,
      'x-github-hook-id': '292430182',
      'x-github-hook-installation-target-type': 'repository',
      'x-hub-signature-256': `sha256=${mac('sha256')}`,
    },
    body,
  };
}

/** Fields as in https://docs.github.com/en/webhooks/webhook-events-and-payloads. */
function contentOf({ project, me }: ForgeWorld, { kind, user, number, id, body }: ForgeNews): ForgeContent {
  const [owner = '', name = ''] = project.split('/');
  const repository = { id: 1, name, full_name: project, private: true, owner: { id: 55, login: owner } };
  const sender = userOf(user);
  if (kind === 'push') {
    const payload = {
      ref: 'refs/heads/main',
      after: id.toString(16).padStart(40, '0'),
      repository,
      pusher: { name: user.name, email: 'x@example.com' },
      sender,
    };
    return { event: 'push', payload };
  }
  if (kind === 'unknown')
    return { event: 'star', payload: { action: 'created', starred_at: id, repository, sender } };
  if (kind === 'pull-request') {
    const pull = {
      number,
      state: 'open',
      title: 'x',
      user: sender,
      head: { sha: 'a'.repeat(40), ref: 'x' },
      updated_at: id,
    };
    return {
      event: 'pull_request',
      payload: { action: 'synchronize', number, pull_request: pull, repository, sender },
    };
  }
  const address = `https://github.com/${project}/pull/${number}`;
  const edited = kind === 'edited-comment';
  const payload = {
    action: edited ? 'edited' : 'created',
    issue: {
      number,
      title: 'x',
      user: userOf(me),
      ...(kind === 'issue-comment' ? {} : { pull_request: { url: address, html_url: address } }),
    },
    comment: {
      id,
      html_url: `${address}#issuecomment-${id}`,
      body,
      user: sender,
      performed_via_github_app: null,
    },
    ...(edited ? { changes: { body: { from: 'before' } } } : {}),
    repository,
    sender,
  };
  return { event: 'issue_comment', payload };
}

function userOf({ id, name }: ForgeUser): object {
  return { id, login: name, type: 'User', site_admin: false };
}
