import { describe, expect, it } from 'vitest';
import { parseConfig } from './load.ts';

const path = '/etc/meshwright/meshwright.yaml';

const forge =
  '{name: git, type: gitea, url: "https://git.example.com", token: {env: T}, webhookSecret: {env: H}}';

describe('forges, chats and the gateway', () => {
  it('are read in full, with what repositories name of them', () => {
    const { config } = parseConfig(
      `
repositories:
  - name: platform
    url: https://git.example.com/acme/other.git
    branch: main
    forge: git
    chats: [team, ops]
    approvals: policy/approvals.yaml
forges:
  - { name: git, type: gitea, url: "https://git.example.com/", token: { env: T }, webhookSecret: { file: hook } }
  - name: hub
    type: github
    app: { app: "17", installation: "4711", privateKey: { file: app.pem } }
    webhookSecret: { env: HUB }
chats:
  - { name: team, type: slack, channel: C0123, token: { env: BOT }, secret: { env: SIGNING }, appToken: { env: APP } }
  - { name: ops, type: webhook, url: "https://ops.example.com/in", channel: mesh, secret: { env: OPS } }
gateway:
  url: https://mesh.example.com/
  tokens: [{ name: ci, token: { env: CI } }]
  oidc: { issuer: "https://login.example.com", audience: meshwright }
`,
      path,
      {},
    );
    expect(config?.repositories[0]).toMatchObject({
      forge: { name: 'git', project: 'acme/other' },
      chats: ['team', 'ops'],
      approvals: 'policy/approvals.yaml',
    });
    expect(config).toMatchObject({
      forges: [
        {
          name: 'git',
          type: 'gitea',
          url: 'https://git.example.com',
          credentials: { kind: 'token', token: { env: 'T' } },
          webhookSecret: { file: '/etc/meshwright/hook' },
        },
        {
          name: 'hub',
          type: 'github',
          url: 'https://github.com',
          credentials: {
            kind: 'app',
            app: '17',
            installation: '4711',
            privateKey: { file: '/etc/meshwright/app.pem' },
          },
          webhookSecret: { env: 'HUB' },
        },
      ],
      chats: [
        {
          name: 'team',
          type: 'slack',
          channel: 'C0123',
          token: { env: 'BOT' },
          secret: { env: 'SIGNING' },
          appToken: { env: 'APP' },
        },
        {
          name: 'ops',
          type: 'webhook',
          url: 'https://ops.example.com/in',
          channel: 'mesh',
          secret: { env: 'OPS' },
        },
      ],
      gateway: {
        listen: { host: '127.0.0.1', port: 8787 },
        url: 'https://mesh.example.com',
        tokens: [{ name: 'ci', token: { env: 'CI' } }],
        oidc: { issuer: 'https://login.example.com', audience: 'meshwright', claim: 'sub' },
      },
    });
  });

  it.each([
    [
      'a forge that is not there',
      `forges: [${forge}]\nrepositories: [{name: a, url: /r, branch: main, forge: gti, project: a/b}]\n`,
      'unknown-forge',
      2,
      'Did you mean "git"?',
    ],
    [
      'a chat that is not there',
      'repositories: [{name: a, url: /r, chats: [team]}]\n',
      'unknown-chat',
      1,
      'Configure it under chats.',
    ],
    [
      'a forge and a chat of one name',
      `forges: [${forge}]\nchats: [{name: git, type: webhook, url: "https://a", channel: c, secret: {env: S}}]\n`,
      'duplicate-entry',
      2,
      'Give one of the two another name.',
    ],
    [
      'a forge with the name of accounts that the engine gives',
      `forges: [${forge.replace('name: git', 'name: api')}]\n`,
      'invalid-value',
      1,
      undefined,
    ],
    [
      'a repository whose project nobody can tell',
      `forges: [${forge}]\nrepositories: [{name: a, url: /r, branch: main, forge: git}]\n`,
      'invalid-value',
      2,
      undefined,
    ],
    [
      'a forge without a branch',
      `forges: [${forge}]\nrepositories: [{name: a, url: "https://h/a/b", forge: git}]\n`,
      'invalid-value',
      2,
      undefined,
    ],
    [
      'a forge and a webhook of its own',
      `forges: [${forge}]\nrepositories: [{name: a, url: "https://h/a/b", branch: main, forge: git, webhook: {provider: gitea, secret: {env: S}}}]\n`,
      'invalid-value',
      2,
      'Have the forge send its webhooks to /forges/<forge>.',
    ],
    [
      'a forge without an address',
      `forges: [${forge.replace(/url: "[^"]*", /, '')}]\n`,
      'invalid-value',
      1,
      undefined,
    ],
    [
      'an app of another forge than GitHub',
      `forges: [${forge.replace('token: {env: T}', 'app: {app: a, privateKey: {env: K}}')}]\n`,
      'invalid-value',
      1,
      'Use token.',
    ],
    [
      'Slack without a token',
      'chats: [{name: a, type: slack, channel: C1, secret: {env: S}}]\n',
      'invalid-value',
      1,
      undefined,
    ],
    [
      'Mattermost with an app token',
      'chats: [{name: a, type: mattermost, url: "https://m", channel: c, token: {env: T}, secret: {env: S}, appToken: {env: A}}]\n',
      'invalid-value',
      1,
      undefined,
    ],
    [
      'a policy file outside',
      'repositories: [{name: a, url: /r, approvals: ../a.yaml}]\n',
      'invalid-address',
      1,
      undefined,
    ],
    [
      'an issuer in plain text',
      'gateway: {oidc: {issuer: "http://login.example.com", audience: a}}\n',
      'invalid-address',
      1,
      undefined,
    ],
  ] as const)('%s is refused', (_, text, code, line, suggestion) => {
    const { diagnostics } = parseConfig(text, path, {});
    expect(diagnostics[0]).toMatchObject({ code, line, ...(suggestion === undefined ? {} : { suggestion }) });
  });

  it('repeats no secret that stands where only a reference belongs', () => {
    const text = `chats: [{name: a, type: slack, channel: C1, token: xoxb-1-secret, secret: {env: S}}]\n`;
    const { diagnostics } = parseConfig(text, path, {});
    expect(diagnostics).not.toEqual([]);
    expect(JSON.stringify(diagnostics)).not.toContain('xoxb');
  });
});
