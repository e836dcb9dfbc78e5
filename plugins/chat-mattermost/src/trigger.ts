import { createPublicKey, verify } from 'node:crypto';

/** Somebody who has just used a button, as the server itself says. */
export interface Trigger {
  /** Another one for each use. */
  id: string;
  user: string;
}

/** How old a trigger may be, and how far clocks may differ, in milliseconds. */
const mostMillisecondsOff = 300_000;

/**
 * Who a trigger id speaks of. The server gives one to integrations with everything that a person does, and signs it with a key
 * whose public part everybody can ask it for: base64 of `id:user:milliseconds:signature`, with a signature in base64 (ECDSA with
 * SHA-256, in DER) over all before it (`GenerateTriggerId` of Mattermost's server, `public/model/integration_action.go`).
 * Undefined where it was signed with another key, or not just now.
 */
export function readTrigger(triggerId: string, serverKey: string, now: number): Trigger | undefined {
  if (triggerId.length > 2_000) return undefined;
  const parts = Buffer.from(triggerId, 'base64').toString('latin1').split(':');
  const [id, user, at, signature] = parts;
  if (
    parts.length !== 4 ||
    id === undefined ||
    user === undefined ||
    at === undefined ||
    signature === undefined
  ) {
    return undefined;
  }
  if (
    id === '' ||
    user === '' ||
    !/^\d{1,16}$/.test(at) ||
    Math.abs(now - Number(at)) > mostMillisecondsOff
  ) {
    return undefined;
  }
  return isSigned(`${id}:${user}:${at}:`, signature, serverKey) ? { id, user } : undefined;
}

function isSigned(data: string, signature: string, serverKey: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(serverKey, 'base64'), format: 'der', type: 'spki' });
    return (
      key.asymmetricKeyType === 'ec' &&
      verify('sha256', Buffer.from(data), key, Buffer.from(signature, 'base64'))
    );
  } catch {
    // A key or a signature that is none.
    return false;
  }
}
