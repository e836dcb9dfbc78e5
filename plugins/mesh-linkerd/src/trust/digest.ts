import { createHash } from 'node:crypto';

/** The SHA-256 of a text in hexadecimal, as Linkerd writes it of its trust roots. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
