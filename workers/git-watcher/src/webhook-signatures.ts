import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { WebhookProvider } from '@meshwright/config';

/** A request as it came: its headers and the bytes of its body, unparsed. */
export interface SignedRequest {
  headers: IncomingHttpHeaders;
  body: Uint8Array;
}

/**
 * Whether a request was made by someone who knows the secret, in the way of its provider; compared in constant time.
 * A request that comes twice is believed twice: all it can cause is one more look at the repository.
 */
export function isAuthentic(provider: WebhookProvider, secret: string, request: SignedRequest): boolean {
  if (secret === '') return false;
  return checks[provider](secret, request);
}

const checks: Record<WebhookProvider, (secret: string, request: SignedRequest) => boolean> = {
  github: (secret, request) => hasSignature(secret, request, ['x-hub-signature-256'], 'sha256='),
  gitea: (secret, request) => hasSignature(secret, request, ['x-gitea-signature', 'x-forgejo-signature'], ''),
  generic: (secret, request) => hasSignature(secret, request, ['x-signature-256'], 'sha256='),
  gitlab: (secret, request) => hasGitlabToken(secret, request) || hasStandardSignature(secret, request),
};

/** The hexadecimal HMAC-SHA256 of the body, behind a prefix, in one of the headers. */
function hasSignature(
  secret: string,
  { headers, body }: SignedRequest,
  names: string[],
  prefix: string,
): boolean {
  const expected = prefix + createHmac('sha256', secret).update(body).digest('hex');
  return names.some((name) => isEqual(single(headers[name]), expected));
}

/** GitLab sends the secret token itself. */
function hasGitlabToken(secret: string, { headers }: SignedRequest): boolean {
  return isEqual(single(headers['x-gitlab-token']), secret);
}

/**
 * GitLab's signing token follows the Standard Webhooks specification: `v1,<base64>` entries over `id.timestamp.body`,
 * with the key in base64 behind `whsec_`.
 */
function hasStandardSignature(secret: string, { headers, body }: SignedRequest): boolean {
  const id = single(headers['webhook-id']);
  const timestamp = single(headers['webhook-timestamp']);
  const prefix = 'whsec_';
  const key = secret.startsWith(prefix) ? Buffer.from(secret.slice(prefix.length), 'base64') : secret;
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  const signatures = single(headers['webhook-signature']).split(' ');
  return signatures.some((signature) => isEqual(signature, `v1,${mac}`));
}

function single(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Compares digests of both, so that not even their lengths show in the time it takes. */
function isEqual(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
