import { createHmac, timingSafeEqual } from 'node:crypto';

/** The most bytes of a body that a signature is looked for in: what services send is a hundred times smaller. */
export const mostSignedBytes = 1 << 20;

/** The HMAC-SHA256 over these parts, one after the other. */
export function hmacSha256(
  secret: string | Uint8Array,
  ...parts: readonly (string | Uint8Array)[]
): Uint8Array {
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Whether both are the same, in a time that does not tell where they differ. */
export function isSame(given: Uint8Array, expected: Uint8Array): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
