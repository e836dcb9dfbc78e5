import { createHash } from 'node:crypto';
import type { Digest } from '@meshwright/model';

/**
 * JSON with sorted keys and without spaces, so that equal values have equal bytes
 * (RFC 8785 for the values that occur here; numbers as ECMAScript prints them).
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(inOrder(value));
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

/** The value with its keys in order; itself where they are, as in most of what was stored or generated. */
function inOrder(value: unknown): unknown {
  return isInOrder(value) ? value : sorted(value);
}

/** Walking costs far less than copying, and than a replacer of `JSON.stringify`. */
function isInOrder(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isInOrder);
  if (!isPlainObject(value)) return true;
  let before = '';
  for (const key of Object.keys(value)) {
    if (key < before || !isInOrder(value[key])) return false;
    before = key;
  }
  return true;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isPlainObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, inOrder(value[key])]));
}
