import {
  deliveryOf,
  hasHexSignature,
  otherEvent,
  readPayload,
  type ForgeDelivery,
  type ForgeEvent,
  type ForgeSettings,
  type IncomingRequest,
} from '@meshwright/plugin-sdk';
import { z } from 'zod';
import { accountOf, commentShape, userShape } from './shapes.ts';

const signature = { headers: ['x-gitea-signature'], prefix: '' };

const repositoryShape = z.object({ full_name: z.string() });
const pushShape = z.object({ ref: z.string(), repository: repositoryShape, pusher: userShape });
const pullRequestShape = z.object({ number: z.int().positive(), repository: repositoryShape });
const commentedShape = z.object({
  action: z.string(),
  is_pull: z.boolean(),
  issue: z.object({ number: z.int().positive() }),
  comment: commentShape,
  repository: repositoryShape,
  sender: userShape,
});

/**
 * A webhook of Gitea. Its signature is the HMAC-SHA256 of the raw body in hexadecimal digits, without a time in it.
 * @throws MeshwrightError INVALID_INPUT when it is signed and still makes no sense.
 */
export async function receive(
  request: IncomingRequest,
  { service, webhookSecret }: Pick<ForgeSettings, 'service' | 'webhookSecret'>,
): Promise<ForgeDelivery | undefined> {
  if (!hasHexSignature(await webhookSecret(), request, signature)) return undefined;
  return deliveryOf('Gitea', request, 'x-gitea-event', (name, payload) => eventOf(name, payload, service));
}

function eventOf(name: string, payload: unknown, service: string): ForgeEvent {
  if (name === 'push') {
    const { ref, repository, pusher } = readPayload('Gitea', pushShape, payload);
    return { kind: 'push', project: repository.full_name, ref, pusher: accountOf(service, pusher) };
  }
  if (name === 'pull_request') {
    const { number, repository } = readPayload('Gitea', pullRequestShape, payload);
    return { kind: 'pull-request', project: repository.full_name, number };
  }
  if (name !== 'issue_comment') return otherEvent(name);
  const {
    action,
    is_pull: onPullRequest,
    issue,
    comment,
    repository,
    sender,
  } = readPayload('Gitea', commentedShape, payload);
  // What was edited, or written in somebody else's name, is nobody's word.
  if (action !== 'created' || !onPullRequest || sender.id !== comment.user.id)
    return otherEvent(name, action);
  return {
    kind: 'comment',
    project: repository.full_name,
    number: issue.number,
    comment: String(comment.id),
    url: comment.html_url,
    body: comment.body,
    author: accountOf(service, comment.user),
    // Gitea tells of nothing but its own programs: their numbers are below zero.
    automated: comment.user.id <= 0,
  };
}
