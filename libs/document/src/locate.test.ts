import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DocumentPath } from './locate.ts';
import { readYaml, type YamlDocument } from './read.ts';

function read(text: string): YamlDocument {
  const [document] = readYaml(text, { file: 'a.yaml' }).documents;
  if (document === undefined) throw new Error('the text is not YAML');
  return document;
}

const text = `# a comment
spec:
  mesh:
    type: istio
  list:
    - one
    - name: two
      size: 2
  flow: {a: 1, b: [x, y]}
  empty:
  shared: &shared
    deep: 1
  alias: *shared
`;

it.each([
  [['spec', 'mesh', 'type'], 4, 11],
  [['spec', 'list', 0], 6, 7],
  [['spec', 'list', 1, 'size'], 8, 13],
  [['spec', 'flow', 'b', 1], 9, 23],
  [['spec', 'alias', 'deep'], 12, 11],
])('finds the value of %j', (path, line, column) => {
  expect(read(text).locate(path)).toMatchObject({ line, column });
});

it.each([
  [['spec', 'mesh', 'type'], 4, 5],
  [['spec', 'flow', 'b'], 9, 16],
  [['spec', 'list', 1], 7, 7],
])('finds the key of %j', (path, line, column) => {
  expect(read(text).locate(path, 'key')).toMatchObject({ line, column });
});

it('shows a key without what follows it', () => {
  expect(read(text).locate(['spec', 'mesh', 'type'], 'key').source).toBe('    type…');
});

it('gives a field without a value the place of its key', () => {
  expect(read(text).locate(['spec', 'empty'])).toMatchObject({ line: 10, column: 3 });
});

it('gives what is not there the place of the nearest above', () => {
  expect(read(text).locate(['spec', 'mesh', 'version'])).toMatchObject({ line: 3, column: 3 });
  expect(read(text).locate(['spec', 'list', 1, 'color'])).toMatchObject({ line: 7, column: 7 });
  expect(read(text).locate(['metadata', 'name'])).toMatchObject({ line: 2, column: 1 });
  expect(read('').locate(['a'])).toMatchObject({ line: 1, column: 1 });
});

it('shows a long line shortened, and none when the place is further right', () => {
  const long = read(`a: ${'x'.repeat(500)}\nb: {c: "${'y'.repeat(500)}", d: 1}\n`);
  expect(long.locate(['a']).source).toHaveLength(161);
  expect(long.locate(['b', 'd']).source).toBeUndefined();
});

it('finds every marked value wherever it is written', () => {
  const key = fc.string({ minLength: 1, maxLength: 5, unit: fc.constantFrom('a', 'b', 'c', ' ', '"', 'é') });
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constant('MARK'),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (data) => {
      const lines = JSON.stringify(data, null, 2).split('\n');
      const document = read(lines.join('\n'));
      for (const path of marks(data)) {
        const { line, column } = document.locate(path);
        expect(lines[line - 1]?.slice(column - 1)).toMatch(/^"MARK"/);
      }
    }),
  );
});

function marks(data: unknown): DocumentPath[] {
  if (data === 'MARK') return [[]];
  if (Array.isArray(data)) return data.flatMap((item, index) => marks(item).map((rest) => [index, ...rest]));
  return Object.entries(data as object).flatMap(([name, item]) => marks(item).map((rest) => [name, ...rest]));
}
