import { createHash } from 'node:crypto';

/** The JSON of a text or of bytes in UTF-8; undefined where it is none. */
export function jsonOf(given: string | Uint8Array): unknown {
  try {
    const text = typeof given === 'string' ? given : new TextDecoder('utf-8', { fatal: true }).decode(given);
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** An id made of what something says: 32 hexadecimal digits, the same whenever the same is said again. */
export function idOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}
