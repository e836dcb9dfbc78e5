import { hmacSha256, type IncomingRequest, isSame, mostSignedBytes, headerOf } from '@meshwright/plugin-sdk';

/** How far the clock of a request may be off, in seconds (docs.slack.dev, «Verifying requests from Slack»). */
const mostSecondsOff = 300;

/** Whether Slack has signed these bytes with this secret just now. */
export function isFromSlack(request: IncomingRequest, secret: string, now: number): boolean {
  const timestamp = headerOf(request.headers, 'x-slack-request-timestamp');
  const signature = headerOf(request.headers, 'x-slack-signature');
  if (secret === '') return false;
  if (request.body.length > mostSignedBytes) return false;
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now / 1_000 - Number(timestamp)) > mostSecondsOff)
    return false;
  const given = /^v0=([0-9a-f]{64})$/.exec(signature)?.[1];
  if (given === undefined) return false;
  return isSame(Buffer.from(given, 'hex'), hmacSha256(secret, `v0:${timestamp}:`, request.body));
}
