import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson, digestOf, digestOfJson } from './canonical.ts';
import { openEvidence } from './store.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'evidence-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('the evidence store', () => {
  it('gives back what was put, by its digest', async () => {
    const store = openEvidence({ directory });
    const digest = await store.put('hello');
    expect(digest).toBe(digestOf('hello'));
    expect(new TextDecoder().decode(await store.get(digest))).toBe('hello');
  });

  it('keeps one file however often the same content is put at once', async () => {
    const store = openEvidence({ directory });
    await Promise.all(Array.from({ length: 20 }, () => store.put('same')));
    const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    expect(files).toHaveLength(1);
  });

  it('says which blob is missing', async () => {
    const store = openEvidence({ directory });
    await expect(store.get(digestOf('never put'))).rejects.toMatchObject({ code: 'EVIDENCE_MISSING' });
  });

  it('refuses a blob whose bytes were changed', async () => {
    const store = openEvidence({ directory });
    const digest = await store.put('right');
    const hex = digest.slice('sha256:'.length);
    await writeFile(join(directory, hex.slice(0, 2), hex), 'wrong');
    await expect(store.get(digest)).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' });
  });

  it('refuses a digest that is a path', async () => {
    const store = openEvidence({ directory });
    await expect(store.get('sha256:../../etc/passwd')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('canonical JSON', () => {
  it('does not depend on the order of keys', () => {
    expect(digestOfJson({ a: 1, b: { d: 2, c: 3 } })).toBe(digestOfJson({ b: { c: 3, d: 2 }, a: 1 }));
  });

  it('has the keys of every object in order, however deep, and nothing else changed', () => {
    const ordered = (_key: string, value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
        : value;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(value)).toBe(JSON.stringify(value, ordered));
      }),
    );
    const own = JSON.parse('{"b":{"__proto__":1,"10":2,"9":3},"a":[{"z":1,"y":2}]}') as unknown;
    expect(canonicalJson(own)).toBe('{"a":[{"y":2,"z":1}],"b":{"9":3,"10":2,"__proto__":1}}');
  });

  it('parses back to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const normal: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonicalJson(normal))).toEqual(normal);
      }),
    );
  });
});
