import type { IncomingRequest } from '../http.ts';
import { hmacSha256, isSame } from '../signature.ts';

/** Where the HMAC-SHA256 of a body stands in a request: in one of these headers, behind a prefix, in hexadecimal digits. */
export interface HexSignature {
  headers: readonly string[];
  prefix: string;
}

/** How far the clock of a service may be off, and how old a delivery may be: what Standard Webhooks recommends. */
const toleranceSeconds = 5 * 60;

/** Whether the body was signed by somebody who knows the secret; nobody knows an empty one. Takes the same time either way. */
export function hasHexSignature(
  secret: string,
  { headers, body }: IncomingRequest,
  { headers: names, prefix }: HexSignature,
): boolean {
  if (secret === '') return false;
  const expected = prefix + Buffer.from(hmacSha256(secret, body)).toString('hex');
  return names.some((name) => isSameText(headerOf(headers, name), expected));
}

/** Whether a header holds the secret itself. Takes the same time either way. */
export function hasSecretHeader(secret: string, { headers }: IncomingRequest, name: string): boolean {
  return secret !== '' && isSameText(headerOf(headers, name), secret);
}

/**
 * Whether a request is signed as the Standard Webhooks specification has it: `v1,<base64>` entries over `id.timestamp.body`,
 * with the key in base64 behind `whsec_`, and not more than five minutes before or after `now` (milliseconds since 1970).
 */
export function hasStandardSignature(
  secret: string,
  { headers, body }: IncomingRequest,
  now: number,
): boolean {
  const prefix = 'whsec_';
  const key = secret.startsWith(prefix)
    ? Buffer.from(secret.slice(prefix.length), 'base64')
    : Buffer.from(secret);
  if (key.length === 0) return false;
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const mac = Buffer.from(hmacSha256(key, `${id}.${timestamp}.`, body)).toString('base64');
  const signatures = headerOf(headers, 'webhook-signature').split(' ').slice(0, 10);
  const signed = signatures.filter((signature) => isSameText(signature, `v1,${mac}`)).length > 0;
  return (
    signed && /^\d{1,12}$/.test(timestamp) && Math.abs(now / 1_000 - Number(timestamp)) <= toleranceSeconds
  );
}

/** A header that came once; empty where it is missing or came several times. */
export function headerOf(headers: IncomingRequest['headers'], name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

/** Compares digests of both, so that not even their lengths show in the time it takes. */
function isSameText(given: string, expected: string): boolean {
  return isSame(hmacSha256('compare', given), hmacSha256('compare', expected));
}
