import { expect, it } from 'vitest';
import { z } from 'zod';
import { readYaml } from './read.ts';
import { validate } from './validate.ts';

const schema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(10)
    .regex(/^[a-z]+$/, 'must be lower-case letters'),
  count: z.int().min(1).default(3),
  active: z.boolean().optional(),
  mode: z.enum(['sidecar', 'ambient']).default('sidecar'),
  items: z.array(z.strictObject({ cluster: z.string() })).min(1),
  secret: z.union([z.strictObject({ env: z.string() }), z.strictObject({ file: z.string() })]).optional(),
  source: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('oci'), oci: z.string() }),
      z.strictObject({ kind: z.literal('directory'), directory: z.string() }),
    ])
    .optional(),
  labels: z.record(z.string().regex(/^[a-z]+$/, 'use lower-case letters'), z.string()).optional(),
  odd: z
    .int()
    .superRefine((value, context) => {
      if (value % 2 === 1) return;
      context.addIssue({
        code: 'custom',
        message: 'must be odd',
        params: { code: 'even', suggestion: 'Add one.' },
      });
    })
    .optional(),
});

const sound = 'name: abc\nitems:\n  - cluster: x\n';

function check(text: string) {
  const [document] = readYaml(text, { file: 'a.yaml' }).documents;
  return validate(schema, document!, { isSensitive: (path) => path.includes('secret') });
}

it('gives the value with its defaults', () => {
  expect(check(sound)).toEqual({
    value: { name: 'abc', count: 3, mode: 'sidecar', items: [{ cluster: 'x' }] },
  });
});

it.each([
  [
    'an unknown field',
    `${sound}cuont: 1\n`,
    'unknown-field',
    4,
    1,
    'cuont is not a known field',
    'Did you mean "count"?',
  ],
  [
    'an unknown field below',
    'name: a\nitems:\n  - cluster: x\n    clutser: y\n',
    'unknown-field',
    4,
    5,
    'items[0].clutser is not a known field',
    'Did you mean "cluster"?',
  ],
  [
    'a field far from any known',
    'name: a\nitems: [{cluster: x, zzzzzz: y}]\n',
    'unknown-field',
    2,
    22,
    'items[0].zzzzzz is not a known field',
    'Known fields: cluster.',
  ],
  ['a missing field', 'items: [{cluster: x}]\n', 'missing-field', 1, 1, 'name is missing', undefined],
  [
    'a field without a value',
    'name:\nitems: [{cluster: x}]\n',
    'missing-value',
    1,
    1,
    'name has no value',
    'Give it a value, or remove the line.',
  ],
  [
    'a number for text',
    'name: 12\nitems: [{cluster: x}]\n',
    'wrong-type',
    1,
    7,
    'name must be text; found 12',
    'Quote it: "12".',
  ],
  [
    'text for a boolean',
    `${sound}active: "true"\n`,
    'wrong-type',
    4,
    9,
    'active must be true or false; found the text "true"',
    undefined,
  ],
  [
    'a fraction for a whole number',
    `${sound}count: 1.5\n`,
    'wrong-type',
    4,
    8,
    'count must be a whole number; found 1.5',
    undefined,
  ],
  [
    'one value for a list',
    'name: a\nitems: x\n',
    'wrong-type',
    2,
    8,
    'items must be a list; found the text "x"',
    'Write it as a list: one line per entry, each beginning with "- ".',
  ],
  [
    'a mistyped value of a choice',
    `${sound}mode: sidecr\n`,
    'unknown-value',
    4,
    7,
    'mode must be one of sidecar, ambient; found the text "sidecr"',
    'Did you mean "sidecar"?',
  ],
  ['a number too small', `${sound}count: 0\n`, 'out-of-bounds', 4, 8, 'count must be at least 1', undefined],
  [
    'an empty text',
    'name: ""\nitems: [{cluster: x}]\n',
    'out-of-bounds',
    1,
    7,
    'name must not be empty',
    undefined,
  ],
  [
    'a text too long',
    'name: aaaaaaaaaaaaaaa\nitems: [{cluster: x}]\n',
    'out-of-bounds',
    1,
    7,
    'name must have at most 10 characters',
    undefined,
  ],
  [
    'an empty list',
    'name: a\nitems: []\n',
    'out-of-bounds',
    2,
    8,
    'items must have at least 1 entry',
    undefined,
  ],
  [
    'a text of the wrong form',
    'name: aBc\nitems: [{cluster: x}]\n',
    'invalid-value',
    1,
    7,
    'name must be lower-case letters; found the text "aBc"',
    undefined,
  ],
  [
    'a key of the wrong form',
    `${sound}labels: {A: x}\n`,
    'invalid-key',
    4,
    10,
    'labels.A is not a valid key: use lower-case letters',
    undefined,
  ],
  ["the schema's own rule", `${sound}odd: 2\n`, 'even', 4, 6, 'odd must be odd', 'Add one.'],
  [
    'an unknown kind',
    `${sound}source: {kind: ocy}\n`,
    'unknown-value',
    4,
    16,
    'source.kind must be one of oci, directory; found the text "ocy"',
    'Did you mean "oci"?',
  ],
  [
    'a field of another kind',
    `${sound}source: {kind: oci, oci: x, directroy: y}\n`,
    'unknown-field',
    4,
    29,
    'source.directroy is not a known field',
    'Did you mean "directory"?',
  ],
])('tells %s', (_, text, code, line, column, message, suggestion) => {
  const [found, ...more] = check(text).diagnostics ?? [];
  expect(more).toEqual([]);
  expect(found).toMatchObject({ code, line, column, message, file: 'a.yaml', severity: 'error' });
  expect(found?.suggestion).toBe(suggestion);
});

it('tells all that is wrong at once', () => {
  const { diagnostics = [] } = check('nam: x\nitems: []\nmode: 1\n');
  expect(diagnostics.map(({ code }) => code).toSorted()).toEqual([
    'missing-field',
    'out-of-bounds',
    'unknown-field',
    'unknown-value',
  ]);
});

it('quotes neither the line nor the value where a secret may stand', () => {
  const { diagnostics } = check(`${sound}secret: hunter2\n`);
  expect(diagnostics).toMatchObject([{ code: 'wrong-type', line: 4 }]);
  expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
});

it('shows of an unknown field its name only', () => {
  const { diagnostics } = check(`${sound}passwrod: hunter2\n`);
  expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
});

it('refuses an empty document', () => {
  expect(check('').diagnostics).toMatchObject([
    { code: 'missing-value', line: 1, message: 'the document has no value' },
  ]);
});
