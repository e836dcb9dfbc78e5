import type { DecisionReference } from '@meshwright/model';
import { hmacSha256, isSame } from '@meshwright/plugin-sdk';
import { z } from 'zod';

/**
 * What a button tells the server, and the server tells us when it is used. Clients never get it, so that whoever has it speaks
 * for the server or has been told by it.
 */
export interface ActionContext extends DecisionReference {
  /** The id of the choice. */
  choice: string;
  /** Whether it has to be confirmed: `yes`, or empty. */
  confirm: string;
  channel: string;
  /** Milliseconds since 1970, after which it counts no more. */
  expires: string;
  /** What the server signs with whom it tells of: a public key of ECDSA in DER (PKIX), in base64. */
  serverKey: string;
}

const text = z.string().max(1_000);
const Signed = z.strictObject({
  rollout: text.min(1),
  run: text.min(1),
  gate: text.min(1),
  subject: text.min(1),
  choice: text.min(1),
  confirm: text,
  channel: text.min(1),
  expires: z.string().regex(/^\d{1,16}$/),
  serverKey: text.min(1),
  signature: z.string().regex(/^[0-9a-f]{64}$/),
});

/** A context with its signature in it. */
export function signContext(context: ActionContext, secret: string): Record<string, string> {
  return { ...context, signature: Buffer.from(macOf(context, secret)).toString('hex') };
}

/** The context that we have signed with this secret; undefined where it is none. */
export function readContext(given: unknown, secret: string): ActionContext | undefined {
  const read = Signed.safeParse(given);
  if (secret === '' || !read.success) return undefined;
  const { signature, ...context } = read.data;
  return isSame(Buffer.from(signature, 'hex'), macOf(context, secret)) ? context : undefined;
}

/** Servers keep the entries and not their order. */
function macOf(context: ActionContext, secret: string): Uint8Array {
  const entries = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return hmacSha256(secret, 'meshwright mattermost action\n', JSON.stringify(entries));
}
