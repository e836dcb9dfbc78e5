import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexEntries } from './index-entries.ts';
import { parseIndex } from './parse-index.ts';

const sha256 = 'a'.repeat(64);

describe('an index', () => {
  it('lists versions with the first of their addresses, and digests in either form', () => {
    const text = `
entries:
  demo:
    - { version: 1.2.3, urls: [demo-1.2.3.tgz, mirror.tgz], digest: ${sha256} }
    - { version: v1.2.2, urls: [https://h/demo.tgz], digest: "sha256:${sha256}" }
    - { version: 1.2.1, urls: [a.tgz], digest: md5 }
    - { version: 1.2.0, urls: [a.tgz], digest: ${'0'.repeat(64)} }
`;
    expect(indexEntries(text)).toEqual([
      { chart: 'demo', version: '1.2.3', url: 'demo-1.2.3.tgz', sha256 },
      { chart: 'demo', version: 'v1.2.2', url: 'https://h/demo.tgz', sha256 },
      { chart: 'demo', version: '1.2.1', url: 'a.tgz' },
      { chart: 'demo', version: '1.2.0', url: 'a.tgz', sha256: '0'.repeat(64) },
    ]);
  });

  it('leaves out what is no version', () => {
    const text = 'entries: {a: [{version: 1.2.3}, {urls: [a]}, null, 7], b: 7, c: null, __proto__: [{}]}';
    expect(indexEntries(text)).toEqual([]);
  });

  it.each(['', 'entries: 7', '<html></html>', 'entries: {a: [', 'a: &a [1]\nentries: *a'])(
    'is refused when it is %j',
    (text) => {
      expect(() => indexEntries(text)).toThrow();
    },
  );

  it('gives entries or throws an Error, whatever it holds', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const text = JSON.stringify({ entries: value });
        try {
          for (const entry of indexEntries(text)) expect(typeof entry.url).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });

  it('is read in a thread, which says what is wrong, and is given up in time', async () => {
    const text = `entries: { demo: [{ version: 1.2.3, urls: [a.tgz] }] }`;
    await expect(parseIndex(Buffer.from(text), 60_000)).resolves.toHaveLength(1);
    await expect(parseIndex(Buffer.from('<html>'), 60_000)).rejects.toThrow('it has no entries');
    const large = Buffer.from(
      `entries:\n${'  a: [{version: 1.2.3, urls: [a]}]\n'.replace('a:', 'b:')}${'# x\n'.repeat(5_000_000)}`,
    );
    await expect(parseIndex(large, 1)).rejects.toThrow('took too long');
  });
});
