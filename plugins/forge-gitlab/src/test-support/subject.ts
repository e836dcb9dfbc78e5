import { createHmac } from 'node:crypto';
import type { ForgeSettings, IncomingRequest } from '@meshwright/plugin-sdk';
import type { ForgeContent, ForgeNews, ForgeSubject, ForgeWorld } from '@meshwright/plugin-testkit';
import { gitlab } from '../plugin.ts';
import { startGitlab } from './server.ts';

const team = 'acme/mesh-owners';
const token = `glpat-${'x9Y8'.repeat(5)}`;
const secretToken = 'hook-secret-51f2aa';
const signingToken = `whsec_${Buffer.from('a key of a GitLab webhook').toString('base64')}`;

function subjectWith(webhookSecret: string, signs: boolean): ForgeSubject {
  return {
    plugin: gitlab,
    team,
    webhookSecret,
    secrets: [token, webhookSecret],
    start: async () => startGitlab(team, token),
    settings: (url): ForgeSettings => ({
      service: 'forge',
      url,
      credential: { kind: 'token', token: async () => Promise.resolve(token) },
      webhookSecret: async () => Promise.resolve(webhookSecret),
    }),
    webhooks: {
      content: contentOf,
      signed: signs ? withSignature : withToken,
      signingHeaders: signs ? ['webhook-id', 'webhook-timestamp', 'webhook-signature'] : ['x-gitlab-token'],
      signsBody: signs,
      signsTime: signs,
    },
    comments: { limit: 1_000_000, commandPrefix: '/meshwright ' },
    tellsPushers: true,
  };
}

/** With a secret token, which GitLab sends as it is. */
export const tokenSubject = subjectWith(secretToken, false);

/** With a signing token, which it signs with. */
export const signingSubject = subjectWith(signingToken, true);

interface Signing {
  secret: string;
  at: number;
  delivery: string;
}

/** Headers as in doc/user/project/integrations/webhooks.md of gitlab-org/gitlab. */
function headersOf(event: string, delivery: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'GitLab/18.5.0',
    'idempotency-key': delivery,
    'x-gitlab-event': event,
    'x-gitlab-instance': 'https://gitlab.example.com',
    'x-gitlab-webhook-uuid': '13792a34-cac6-4fda-95a8-c58e00a3954e',
    'x-gitlab-event-uuid': delivery,
  };
}

function withToken(event: string, body: Uint8Array, { secret, delivery }: Signing): IncomingRequest {
  return { headers: { ...headersOf(event, delivery), 'x-gitlab-token': secret }, body };
}

function withSignature(event: string, body: Uint8Array, { secret, at, delivery }: Signing): IncomingRequest {
  const timestamp = String(Math.floor(at / 1_000));
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
  const mac = createHmac('sha256', key).update(`${delivery}.${timestamp}.`).update(body).digest('base64');
  return {
    headers: {
      ...headersOf(event, delivery),
      'webhook-id': delivery,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${mac}`,
    },
    body,
  };
}

/** Fields as in doc/user/project/integrations/webhook_events.md of gitlab-org/gitlab. */
function contentOf({ project: path }: ForgeWorld, { kind, user, number, id, body }: ForgeNews): ForgeContent {
  const project = {
    id: 15,
    name: 'Patterns',
    path_with_namespace: path,
    default_branch: 'main',
    web_url: `http://example.com/${path}`,
  };
  const actor = { id: user.id, name: user.name.toUpperCase(), username: user.name, email: '[REDACTED]' };
  if (kind === 'push') {
    const payload = {
      object_kind: 'push',
      ref: 'refs/heads/main',
      checkout_sha: id.toString(16).padStart(40, '0'),
      user_id: user.id,
      user_username: user.name,
      project,
      commits: [],
    };
    return { event: 'Push Hook', payload };
  }
  if (kind === 'unknown')
    return { event: 'Wiki Page Hook', payload: { object_kind: 'wiki_page', user: actor, project, id } };
  if (kind === 'pull-request') {
    const attributes = {
      id: 99,
      iid: number,
      action: 'update',
      oldrev: 'a'.repeat(40),
      state: 'opened',
      updated_at: id,
    };
    return {
      event: 'Merge Request Hook',
      payload: { object_kind: 'merge_request', user: actor, project, object_attributes: attributes },
    };
  }
  const onIssue = kind === 'issue-comment';
  const attributes = {
    id,
    note: body,
    noteable_type: onIssue ? 'Issue' : 'MergeRequest',
    author_id: user.id,
    project_id: 15,
    system: false,
    action: kind === 'edited-comment' ? 'update' : 'create',
    url: `http://example.com/${path}/-/merge_requests/${number}#note_${id}`,
  };
  const about = onIssue
    ? { issue: { id: 92, iid: number } }
    : { merge_request: { id: 7, iid: number, author_id: 51 } };
  return {
    event: 'Note Hook',
    payload: {
      object_kind: 'note',
      user: actor,
      project_id: 15,
      project,
      object_attributes: attributes,
      ...about,
    },
  };
}
