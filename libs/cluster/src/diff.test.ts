import { type KubernetesObject } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldChanges, toPointer } from './diff.ts';

function object(content: object, metadata: object = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'a', ...metadata }, ...content };
}

function secret(data: object): KubernetesObject {
  return { ...object({ data }), kind: 'Secret' };
}

describe('fieldChanges', () => {
  it('gives pointers to what was added, changed and removed', () => {
    const changes = fieldChanges(
      object({ spec: { a: 1, b: { c: 2 } } }),
      object({ spec: { b: { c: 3 }, 'd/e~f': 4 } }),
    );
    expect(changes).toEqual([
      { path: '/spec/a', before: 1 },
      { path: '/spec/b/c', before: 2, after: 3 },
      { path: '/spec/d~1e~0f', after: 4 },
    ]);
  });

  it('leaves out what the server sets and our own mark', () => {
    const before = object({ status: { a: 1 } }, { resourceVersion: '1', generation: 1 });
    const after = object(
      { status: { a: 2 } },
      {
        resourceVersion: '2',
        generation: 2,
        managedFields: [],
        annotations: { 'meshwright.dev/applied': 'x' },
      },
    );
    expect(fieldChanges(before, after)).toEqual([]);
  });

  it('matches elements of a list by name', () => {
    const list = (...names: string[]) =>
      object({ spec: { containers: names.map((name) => ({ name, image: `${name}:1` })) } });
    expect(fieldChanges(list('a', 'b'), list('x', 'a', 'b'))).toEqual([
      { path: '/spec/containers/0', after: { name: 'x', image: 'x:1' } },
    ]);
    expect(fieldChanges(list('a', 'b'), list('b'))).toEqual([
      { path: '/spec/containers/0', before: { name: 'a', image: 'a:1' } },
    ]);
  });

  it('shortens long values', () => {
    const [change] = fieldChanges(object({ spec: {} }), object({ spec: { text: 'y'.repeat(5000) } }));
    expect(change?.after).toMatch(/… \(5000 characters\)$/);
  });

  it('bounds how many fields it lists', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, index]));
    const changes = fieldChanges(object({ spec: {} }), object({ spec: many }));
    expect(changes).toHaveLength(201);
    expect(changes.at(-1)?.after).toBe('… and 300 more fields');
  });

  it('finds nothing between equal objects and something between different ones', () => {
    const content = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(content, content, (left, right) => {
        expect(fieldChanges(object({ spec: left }), object({ spec: structuredClone(left) }))).toEqual([]);
        const differ = JSON.stringify(left) !== JSON.stringify(right);
        if (!differ) return;
        for (const { path } of fieldChanges(object({ spec: left }), object({ spec: right }))) {
          expect(path.startsWith('/spec')).toBe(true);
        }
      }),
    );
  });

  it('never shows the data of a Secret', () => {
    const value = fc.string({ minLength: 6 }).map((text) => `hunter2${text}`);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), fc.dictionary(fc.string(), value), (left, right) => {
        for (const { before, after } of fieldChanges(secret(left), secret(right))) {
          expect(JSON.stringify([before, after])).not.toContain('hunter2');
        }
      }),
    );
    expect(JSON.stringify(fieldChanges(object({}), secret({ a: 'hunter2' })))).not.toContain('hunter2');
  });

  it('does not show values that are named like secrets, in any kind', () => {
    const env = (value: string) => object({ spec: { env: [{ name: 'DB_PASSWORD', value }] } });
    const template = (value: string) => object({ spec: { list: [{ clientSecret: value }] } });
    const key = (text: string) => object({ data: { 'tls.pem': `-----BEGIN RSA PRIVATE KEY-----${text}` } });
    const applied = (text: string) =>
      object({}, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': text } });
    for (const make of [env, template, key, applied]) {
      const changes = fieldChanges(make('hunter2'), make('hunter3'));
      expect(changes).toHaveLength(1);
      expect(JSON.stringify(changes)).not.toContain('hunter');
      expect(JSON.stringify(fieldChanges(object({}), make('hunter2')))).not.toContain('hunter');
    }
  });
});

describe('toPointer', () => {
  it('escapes as RFC 6901 says', () => {
    expect(toPointer(['a/b', 'c~d'])).toBe('/a~1b/c~0d');
    expect(toPointer([])).toBe('');
  });
});
