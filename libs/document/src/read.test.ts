import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { manifestLimits } from './limits.ts';
import { readYaml } from './read.ts';

const file = 'patterns/a.yaml';

function codesOf(source: string | Uint8Array): string[] {
  return readYaml(source, { file }).diagnostics.map(({ code }) => code);
}

function valuesOf(source: string | Uint8Array): unknown[] {
  const { documents, diagnostics } = readYaml(source, { file });
  expect(diagnostics).toEqual([]);
  return documents.map(({ value }) => value);
}

/** Runs what must be refused at once; the bound is generous, an unbounded reader needs minutes. */
function quickly<T>(work: () => T): T {
  const start = performance.now();
  const result = work();
  expect(performance.now() - start).toBeLessThan(20_000);
  return result;
}

describe('what is read', () => {
  it('reads YAML and JSON as plain data', () => {
    expect(valuesOf('a: 1\nb: [x, true, null, 1.5, 0x10]\nc: "on"\n')).toEqual([
      { a: 1, b: ['x', true, null, 1.5, 16], c: 'on' },
    ]);
    expect(valuesOf('{\n\t"a": [1,\t2]\n}')).toEqual([{ a: [1, 2] }]);
  });

  it('reads several documents, empty ones as null', () => {
    expect(valuesOf('---\na: 1\n---\n# nothing\n---\nb: 2\n...\n')).toEqual([{ a: 1 }, null, { b: 2 }]);
    expect(valuesOf('')).toEqual([null]);
    expect(valuesOf('# only a comment\n')).toEqual([null]);
  });

  it('takes CRLF line ends and a UTF-8 byte-order mark', () => {
    expect(valuesOf(Buffer.from('\ufeffa: 1\r\nb: 2\r\n'))).toEqual([{ a: 1, b: 2 }]);
  });

  it('writes aliases out as values of their own', () => {
    const [value] = valuesOf('a: &x {k: [1]}\nb: *x\nc: &x 2\nd: *x\n') as [Record<string, unknown>];
    expect(value).toEqual({ a: { k: [1] }, b: { k: [1] }, c: 2, d: 2 });
    expect(value.a).not.toBe(value.b);
  });

  it('keeps dates, versions and keys that look like numbers as text', () => {
    expect(valuesOf('1: a\ndate: 2024-01-01\nversion: 1.31.0\n')).toEqual([
      { '1': 'a', date: '2024-01-01', version: '1.31.0' },
    ]);
  });

  it('reads the sound documents of a file with a broken one', () => {
    const { documents, diagnostics } = readYaml('a: 1\n---\nb: 1\nb: 2\n---\nc: 3\n', { file });
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { c: 3 }]);
    expect(diagnostics).toHaveLength(1);
  });
});

describe('what is refused, with its place', () => {
  it.each([
    ['a duplicate key', 'a: 1\nb:\n  c: 1\n  c: 2\n', 'duplicate-key', 4, 3],
    ['a merge key', 'a: &a {b: 1}\nc:\n  <<: *a\n', 'merge-key', 3, 3],
    ['a key that reaches the prototype', 'a:\n  __proto__: {x: 1}\n', 'dangerous-key', 2, 3],
    ['a key that reaches the constructor', '{"constructor": 1}', 'dangerous-key', 1, 2],
    ['a tab as indentation', 'a:\n\tb: 1\n', 'tab', 2, 1],
    ['a custom tag', 'a: !exec x\n', 'tag', 1, 4],
    ['a binary tag', 'a: !!binary aGk=\n', 'tag', 1, 4],
    ['a tag on a list', 'a: !!set [b]\n', 'tag', 1, 4],
    ['an unknown alias', 'a: *b\n', 'unknown-alias', 1, 4],
    ['an alias inside its own value', 'a: &a\n  - *a\n', 'cyclic-alias', 2, 5],
    ['a list as key', '? [a]\n: 1\n', 'key-not-text', 1, 3],
    ['a template that was not rendered', 'a: {{ .Values.b }}\n', 'key-not-text', 1, 5],
    ['an octal number of YAML 1.1', 'mode: 0644\n', 'ambiguous-number', 1, 7],
    ['a number with underscores', 'a: 1_000\n', 'ambiguous-number', 1, 4],
    ['a boolean of YAML 1.1', 'a: [yes]\n', 'ambiguous-text', 1, 5],
    ['infinity', 'a: .inf\n', 'not-a-number', 1, 4],
    ['a number beyond all numbers', 'a: 1e99999\n', 'not-a-number', 1, 4],
    ['a number that would be rounded', 'a: 12345678901234567890\n', 'number-too-large', 1, 4],
    ['half of a surrogate pair', 'a: "\\ud800"\n', 'invalid-text', 1, 4],
    ['an unclosed bracket', 'a: [1\n', 'yaml-syntax', 2, 1],
    ['a directive for YAML 1.1', '%YAML 1.1\n---\na: yes\n', 'yaml-version', 1, 1],
    ['a NUL', 'a: 1\nb: x\0y\n', 'forbidden-character', 2, 5],
    ["the parser's own mark", 'a: 1\nb: \u0018\n', 'forbidden-character', 2, 4],
    ['a byte-order mark inside', 'a: 1\n\ufeffb: 1\n', 'forbidden-character', 2, 1],
    ['a bidirectional override', 'a: x\nb: "\u202ey"\n', 'forbidden-character', 2, 5],
  ])('%s', (_, source, code, line, column) => {
    const { documents, diagnostics } = readYaml(source, { file });
    expect(documents).toEqual([]);
    expect(diagnostics[0]).toMatchObject({ code, line, column, file, severity: 'error' });
  });

  it('a duplicate key, with the line of the first', () => {
    const [found] = readYaml('a: 1\nb: 2\na: 3\n', { file }).diagnostics;
    expect(found).toMatchObject({ message: 'the key "a" was given before, on line 1', source: 'a: 3' });
  });

  it('keys that are the same text once read', () => {
    expect(codesOf('1: a\n"1": b\n')).toEqual(['duplicate-key']);
  });

  it.each([
    ['UTF-16 with a mark', Buffer.from('\ufeffa: 1', 'utf16le'), 'not-utf8'],
    ['UTF-16 without a mark', Buffer.from('a: 1', 'utf16le'), 'not-utf8'],
    ['UTF-16 big-endian', Buffer.from('\ufeffa: 1', 'utf16le').swap16(), 'not-utf8'],
    ['Latin-1', Buffer.from('a: caf\u00e9\n', 'latin1'), 'not-utf8'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'not-utf8'],
    ['an overlong encoding', Buffer.from([0x61, 0x3a, 0x20, 0xc0, 0xaf]), 'not-utf8'],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
      'lfs-pointer',
    ],
  ])('%s, as a whole file', (_, source, code) => {
    expect(codesOf(source)).toEqual([code]);
  });

  it('tells the line of the first byte that is not UTF-8', () => {
    const [found] = readYaml(Buffer.from('a: 1\nb: caf\u00e9\n', 'latin1'), { file }).diagnostics;
    expect(found).toMatchObject({ code: 'not-utf8', line: 2 });
  });

  it('shows no line of a file that may hold a secret', () => {
    const found = readYaml('password: "hunter2\n', { file, showSource: false }).diagnostics;
    expect(found.length).toBeGreaterThan(0);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('never shows a control or invisible character of the file', () => {
    const found = readYaml('a: 1\na: \u200b\tx\n', { file }).diagnostics;
    expect(found[0]?.source).toBe('a: 1'.replace('1', '\ufffd x'));
  });

  it('tells the first syntax errors of a document, not all that follow from them', () => {
    expect(codesOf('a: {{ b }}\n'.repeat(100)).length).toBeLessThanOrEqual(5);
  });

  it('tells a bounded number of findings', () => {
    const found = readYaml('- 0644\n'.repeat(5_000), { file }).diagnostics;
    expect(found).toHaveLength(51);
    expect(found.at(-1)?.code).toBe('more');
  });
});

describe('hostile files are refused at once', { timeout: 30_000 }, () => {
  it('a file of 100 MB', () => {
    expect(quickly(() => codesOf(new Uint8Array(100_000_000).fill(97)))).toEqual(['file-too-large']);
  });

  it.each([
    ['flow lists', '['.repeat(50_000)],
    ['flow maps', '{a: '.repeat(50_000)],
    ['flow maps without spaces', '{a:{a:'.repeat(50_000)],
    ['quoted flow maps', '{"a":'.repeat(50_000)],
    ['block lists on a line', '- '.repeat(50_000)],
    ['explicit keys', '? '.repeat(50_000)],
    ['empty keys', ': '.repeat(50_000)],
    ['block maps', Array.from({ length: 1_200 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')],
  ])('50,000 levels of %s', (_, source) => {
    expect(quickly(() => codesOf(source))).toEqual(['too-deep']);
  });

  it('nesting through aliases', () => {
    const chain = Array.from({ length: 200 }, (_, index) => `- &a${index + 1} [*a${index}]`).join('\n');
    expect(quickly(() => codesOf(`- &a0 [x]\n${chain}\n`))).toEqual(['too-deep']);
  });

  it('an alias bomb', () => {
    const lists = 'bcdefghij'.split('').map((name, index) => {
      const before = 'abcdefghi'[index] ?? '';
      return `${name}: &${name} [${Array<string>(9).fill(`*${before}`).join(', ')}]`;
    });
    const bomb = `a: &a [${Array<string>(9).fill('lol').join(', ')}]\n${lists.join('\n')}\n`;
    expect(quickly(() => codesOf(bomb))).toEqual(['alias-bomb']);
  });

  it('a merge-key bomb', () => {
    const maps = Array.from(
      { length: 2_000 },
      (_, index) => `m${index + 1}: &m${index + 1}\n  <<: [*m${index}, *m${index}]`,
    );
    const codes = quickly(() => codesOf(`m0: &m0 {a: 1}\n${maps.join('\n')}\n`));
    expect(codes[0]).toBe('merge-key');
  });

  it.each([
    ['100,000 keys of one map', Array.from({ length: 90_000 }, (_, index) => `k${index}: 1\n`).join('')],
    ['a million commas', `[${','.repeat(1_000_000)}]`],
    ['a million brackets', '{}'.repeat(500_000)],
    ['a million anchors', '&a '.repeat(300_000)],
    ['many documents', '---\n'.repeat(200_000)],
    ['many directives', '%A\n'.repeat(200_000)],
  ])('%s', (_, source) => {
    expect(quickly(() => codesOf(source)).length).toBeGreaterThan(0);
  });

  it('is not slowed by one long line', () => {
    const text = 'x'.repeat(1_000_000);
    expect(quickly(() => valuesOf(`a: ${text}\n`))).toEqual([{ a: text }]);
  });

  it('gives a manifest file more room', () => {
    const text = Array.from({ length: 90_000 }, (_, index) => `k${index}: 1\n`).join('');
    expect(codesOf(text)).toEqual(['file-too-large']);
    expect(readYaml(text, { file, limits: manifestLimits }).diagnostics).toEqual([]);
  });
});

describe('for every input', { timeout: 60_000 }, () => {
  const fragment = fc.constantFrom(
    ...[
      'a',
      'b: ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '|',
      '>',
      '&x ',
      '*x',
      '!t ',
      '? ',
      ': ',
    ],
    ...['#', '%', '---\n', '...\n', '\t', '\r\n', '<<', '0x', '1e9', '\u202e', '\\', 'é', '\u0018'],
  );
  const soup = fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join(''));

  it('gives diagnostics and throws nothing', () => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary' }), fc.uint8Array()), (source) => {
        const { documents, diagnostics } = readYaml(source, { file });
        expect(documents.length + diagnostics.length).toBeGreaterThan(0);
        for (const document of documents) {
          expect(JSON.parse(JSON.stringify(document.value))).toEqual(document.value);
          expect(document.locate(['a', 0, 'b']).line).toBeGreaterThan(0);
        }
        for (const { line = 1, column = 1, source: shown = '' } of diagnostics) {
          expect(Math.min(line, column)).toBeGreaterThan(0);
          expect(shown).not.toMatch(/[\n\u202e]/);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads back what was written as YAML or JSON', () => {
    // Refused wherever they stand, the last one as YAML's merge key.
    const refused = ['__proto__', 'constructor', 'prototype', '<<'];
    const key = fc.string().filter((name) => !refused.includes(name));
    const leaf = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.maxSafeInteger());
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('value')),
        fc.dictionary(key, tie('value'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (data) => {
        const forms = [
          JSON.stringify(data, null, 2),
          stringify(data, { version: '1.1', schema: 'yaml-1.1' }),
        ];
        for (const form of forms) {
          const { documents, diagnostics } = readYaml(form, { file });
          // YAML cannot write some characters plainly; those come as escapes, which are read back.
          expect(diagnostics).toEqual([]);
          expect(documents.map((document) => document.value)).toEqual([JSON.parse(JSON.stringify(data))]);
        }
      }),
    );
  });
});
