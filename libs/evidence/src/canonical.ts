import { createHash } from 'node:crypto';
import type { Digest } from '@meshwright/model';

/**
 * JSON with sorted keys and without spaces, so that equal values have equal bytes
 * (RFC 8785 for the values that occur here; numbers as ECMAScript prints them).
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isPlainObject(inner) ? sorted(inner) : inner));
}

/** The digest of bytes, or of text as UTF-8. */
export function digestOf(content: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** The digest of a value's canonical JSON. */
export function digestOfJson(value: unknown): Digest {
  return digestOf(canonicalJson(value));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(object: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(object).sort()) result[key] = object[key];
  return result;
}
