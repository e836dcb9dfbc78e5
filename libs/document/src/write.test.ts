import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readYaml } from './read.ts';
import { writeYaml } from './write.ts';

const key = fc
  .string({ maxLength: 8 })
  .filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'yes',
      'off',
      '0644',
      '1_000',
      '1:30',
      '2026-01-01',
      '~',
      '1e3',
      '- a',
      '\u202eabc',
      '\u0085',
    ),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}));

it('writes what is read as it was', () => {
  fc.assert(
    fc.property(value, (given) => {
      const written = writeYaml({ given });
      const { documents, diagnostics } = readYaml(written, { file: 'a.yaml' });
      expect(diagnostics).toEqual([]);
      expect(documents.map((document) => document.value)).toEqual([JSON.parse(JSON.stringify({ given }))]);
    }),
    { numRuns: 500 },
  );
});

it('hides nothing, and quotes what another version of YAML reads differently', () => {
  expect(writeYaml({ a: 'x\u202ey', b: 'yes', c: 'no more' })).toMatch(/\\U0000202e/);
  expect(writeYaml({ b: 'yes', c: 'no more', d: '0644' })).toBe('b: "yes"\nc: no more\nd: "0644"\n');
});
