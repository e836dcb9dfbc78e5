import type { ForgeDelivery, ForgeEvent, ForgeSettings, IncomingRequest } from '@meshwright/plugin-sdk';
import {
  deliveryOf,
  hasSecretHeader,
  hasStandardSignature,
  otherEvent,
  readPayload,
} from '@meshwright/plugin-sdk';
import { z } from 'zod';
import { accountOf, userShape } from './shapes.ts';

const service = 'GitLab';
const projectShape = z.object({ path_with_namespace: z.string().regex(/^[\w.-]+(?:\/[\w.-]+)+$/) });
const pushShape = z.object({
  ref: z.string(),
  user_id: z.int(),
  user_username: z.string(),
  project: projectShape,
});
const mergeRequestShape = z.object({
  project: projectShape,
  object_attributes: z.object({ iid: z.int().positive(), action: z.string().optional() }),
});
const notedShape = z.object({
  user: userShape,
  project: projectShape,
  object_attributes: z.object({
    id: z.int(),
    note: z.string(),
    noteable_type: z.string(),
    system: z.boolean(),
    /** Since GitLab 16.11, which also tells of edited notes since then. */
    action: z.string().optional(),
    author_id: z.int(),
    url: z.string(),
  }),
  merge_request: z.object({ iid: z.int().positive() }).optional(),
});

/** What changes what a merge request offers, where it goes, or whether it is open. */
const mergeRequestActions = ['open', 'reopen', 'update', 'close', 'merge'];

/**
 * A webhook of GitLab: with its secret token in a header, or, where the secret is a signing token (`whsec_…`), with a
 * signature over its id, its time and its body.
 * @throws MeshwrightError INVALID_INPUT when it is signed and still makes no sense.
 */
export async function receive(
  request: IncomingRequest,
  settings: Pick<ForgeSettings, 'service' | 'webhookSecret'>,
  now: number,
): Promise<ForgeDelivery | undefined> {
  if (!isBelieved(await settings.webhookSecret(), request, now)) return undefined;
  return deliveryOf(service, request, 'x-gitlab-event', (name, payload) =>
    eventOf(name, payload, settings.service),
  );
}

function isBelieved(secret: string, request: IncomingRequest, now: number): boolean {
  const signed = hasStandardSignature(secret, request, now);
  return signed || (!secret.startsWith('whsec_') && hasSecretHeader(secret, request, 'x-gitlab-token'));
}

function eventOf(name: string, payload: unknown, account: string): ForgeEvent {
  if (name === 'Push Hook') {
    const { ref, user_id: id, user_username: username, project } = readPayload(service, pushShape, payload);
    return {
      kind: 'push',
      project: project.path_with_namespace,
      ref,
      pusher: accountOf(account, { id, username }),
    };
  }
  if (name === 'Merge Request Hook') {
    const { project, object_attributes: about } = readPayload(service, mergeRequestShape, payload);
    const { action = 'update', iid } = about;
    if (!mergeRequestActions.includes(action)) return otherEvent(name, action);
    return { kind: 'pull-request', project: project.path_with_namespace, number: iid };
  }
  if (name === 'Note Hook') return noteOf(readPayload(service, notedShape, payload), account);
  return otherEvent(name);
}

function noteOf(
  { user, project, object_attributes: about, merge_request: mergeRequest }: z.infer<typeof notedShape>,
  account: string,
): ForgeEvent {
  const { action = 'create', system, author_id: author } = about;
  const onMergeRequest = about.noteable_type === 'MergeRequest' ? mergeRequest : undefined;
  // What was edited, or is told in somebody else's name, is nobody's word.
  const isNew = action === 'create' && !system && author === user.id;
  if (!isNew || onMergeRequest === undefined) return otherEvent('Note Hook', action);
  return {
    kind: 'comment',
    project: project.path_with_namespace,
    number: onMergeRequest.iid,
    comment: String(about.id),
    url: about.url,
    body: about.note,
    author: accountOf(account, user),
    // GitLab says so by the names that it gives to the users of access tokens.
    automated: /^(?:project|group)_\d+_bot/.test(user.username),
  };
}
