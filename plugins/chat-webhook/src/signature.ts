import { MeshwrightError } from '@meshwright/model';
import { hmacSha256 } from '@meshwright/plugin-sdk';

/**
 * The headers that say who has sent a body, and when (Standard Webhooks 1.0: `v1` over `id.timestamp.body`). A secret
 * `whsec_…` is base64, as that specification has it; any other is taken as it is.
 * @throws MeshwrightError INVALID_INPUT where the secret is empty.
 */
export function signedHeaders(
  { id, at, body }: { id: string; at: number; body: string },
  secret: string,
): Record<string, string> {
  const key = keyOf(secret);
  if (key.length === 0) {
    throw new MeshwrightError('INVALID_INPUT', 'The secret that events are signed with is empty.', {
      remedy: 'Give one of at least 24 bytes.',
    });
  }
  const timestamp = String(Math.floor(at / 1_000));
  const mac = Buffer.from(hmacSha256(key, `${id}.${timestamp}.`, body)).toString('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
}

function keyOf(secret: string): Uint8Array {
  const prefix = 'whsec_';
  return secret.startsWith(prefix) ? Buffer.from(secret.slice(prefix.length), 'base64') : Buffer.from(secret);
}
