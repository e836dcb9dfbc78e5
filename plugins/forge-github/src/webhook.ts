import type { ForgeDelivery, ForgeEvent, ForgeSettings, IncomingRequest } from '@meshwright/plugin-sdk';
import { deliveryOf, hasHexSignature, otherEvent, readPayload } from '@meshwright/plugin-sdk';
import { z } from 'zod';
import { accountOf, commentShape, userShape } from './shapes.ts';

const service = 'GitHub';
const repositoryShape = z.object({ full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/) });
const pushShape = z.object({ ref: z.string(), repository: repositoryShape, sender: userShape });
const pullRequestShape = z.object({
  action: z.string(),
  number: z.int().positive(),
  repository: repositoryShape,
});
const commentedShape = z.object({
  action: z.string(),
  issue: z.object({ number: z.int().positive(), pull_request: z.object({}).nullish() }),
  comment: commentShape,
  repository: repositoryShape,
  sender: userShape,
});

/** What changes what a pull request offers, where it goes, or whether it is open. */
const pullRequestActions = [
  'opened',
  'reopened',
  'synchronize',
  'edited',
  'closed',
  'ready_for_review',
  'converted_to_draft',
];

/**
 * A webhook of GitHub, signed with the HMAC-SHA256 of its raw body and without a time in it
 * (https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries).
 * @throws MeshwrightError INVALID_INPUT when it is signed and still makes no sense.
 */
export async function receive(
  request: IncomingRequest,
  settings: Pick<ForgeSettings, 'service' | 'webhookSecret'>,
): Promise<ForgeDelivery | undefined> {
  const secret = await settings.webhookSecret();
  const signature = { headers: ['x-hub-signature-256'], prefix: 'sha256=' };
  if (!hasHexSignature(secret, request, signature)) return undefined;
  return deliveryOf(service, request, 'x-github-event', (name, payload) =>
    eventOf(name, payload, settings.service),
  );
}

function eventOf(name: string, payload: unknown, account: string): ForgeEvent {
  if (name === 'push') {
    const { ref, repository, sender } = readPayload(service, pushShape, payload);
    return { kind: 'push', project: repository.full_name, ref, pusher: accountOf(account, sender) };
  }
  if (name === 'pull_request') {
    const { action, number, repository } = readPayload(service, pullRequestShape, payload);
    if (!pullRequestActions.includes(action)) return otherEvent(name, action);
    return { kind: 'pull-request', project: repository.full_name, number };
  }
  if (name === 'issue_comment') return commentOf(readPayload(service, commentedShape, payload), account);
  return name === 'ping' ? { kind: 'ping' } : otherEvent(name);
}

function commentOf(
  { action, issue, comment, repository, sender }: z.infer<typeof commentedShape>,
  account: string,
): ForgeEvent {
  // What was edited, or written in somebody else's name, is nobody's word.
  const { user } = comment;
  if (action !== 'created' || issue.pull_request == null || user?.id !== sender.id) {
    return otherEvent('issue_comment', action);
  }
  return {
    kind: 'comment',
    project: repository.full_name,
    number: issue.number,
    comment: String(comment.id),
    url: comment.html_url,
    body: comment.body ?? '',
    author: accountOf(account, user),
    automated: user.type === 'Bot' || comment.performed_via_github_app != null,
  };
}
