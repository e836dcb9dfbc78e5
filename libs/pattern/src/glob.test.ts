import fc from 'fast-check';
import picomatch from 'picomatch';
import { expect, it } from 'vitest';
import { baseOf, globProblem, matcherOf } from './glob.ts';

it.each([
  ['apps/*.yaml', 'apps/a.yaml', true],
  ['apps/*.yaml', 'apps/x/a.yaml', false],
  ['apps/*.yaml', 'apps/.hidden.yaml', false],
  ['apps/**/*.yaml', 'apps/a.yaml', true],
  ['apps/**/*.yaml', 'apps/x/y/a.yaml', true],
  ['apps/**/*.yaml', 'apps/.git/a.yaml', false],
  ['**', 'a/b/c', true],
  ['apps/**', 'apps', false],
  ['apps/{a,b}/x.{yaml,yml}', 'apps/b/x.yml', true],
  ['*.*', 'a.', true],
  ['a?.yaml', 'ab.yaml', true],
  ['a[12].yaml', 'a2.yaml', true],
  ['a[12].yaml', 'a3.yaml', false],
  ['.ci/*.yaml', '.ci/a.yaml', true],
  ['A.yaml', 'a.yaml', false],
  ['"a".yaml', 'a.yaml', false],
])('%s against %s is %s', (glob, path, expected) => {
  expect(globProblem(glob)).toBeUndefined();
  expect(matcherOf(glob)(path)).toBe(expected);
});

it.each([
  '/a',
  '../a',
  'a/../b',
  'a//b',
  './a',
  'a/',
  '.git/config',
  'A/.GIT/x',
  'a\\b',
  '!a',
  '@(a|b)',
  '+(a)',
  '[!a]',
  'a[b',
  'a{b,c',
  '{a/b,c}',
  '{1..9}',
  'a***',
  '*a*a*',
  'a**/b',
  '(a+)+',
  'a\0',
])('refuses %j', (glob) => {
  expect(globProblem(glob)).toBeDefined();
});

it.each([
  ['apps/checkout/*.yaml', 'apps/checkout'],
  ['*.yaml', ''],
  ['a/b.yaml', 'a/b.yaml'],
])('knows where %s starts', (glob, base) => {
  expect(baseOf(glob)).toBe(base);
});

const part = fc
  .array(fc.constantFrom('a', 'b', '*', '?', '[ab]', '{a,b}', '.'), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(''));
const glob = fc
  .array(fc.oneof(part, fc.constant('**')), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'))
  .filter((text) => globProblem(text) === undefined);
const name = fc
  .string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 4 })
  .filter((text) => !/^\.\.?$/.test(text));
const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('/'));

it('matches as picomatch does for the whole path', () => {
  fc.assert(
    fc.property(glob, path, (text, candidate) => {
      // A `**` at the end stands for at least one name here, as in bash; picomatch lets it stand for none.
      fc.pre(
        !text.endsWith('/**') || !picomatch(text.slice(0, -3), { dot: false, fastpaths: false })(candidate),
      );
      expect(matcherOf(text)(candidate)).toBe(
        picomatch(text, { dot: false, noextglob: true, strictSlashes: true, fastpaths: false })(candidate),
      );
    }),
    { numRuns: 3_000 },
  );
});

it('takes no time that grows with the combinations of its stars', { timeout: 30_000 }, () => {
  const start = performance.now();
  const globs = [
    Array(60).fill('*a*').join('/'),
    `${Array(40).fill('**/*a*').join('/')}/x`,
    '{*,*}/{*,*}x',
    '*[a-z]*',
  ];
  const paths = ['a'.repeat(4_000), 'a/'.repeat(2_000), `${'a'.repeat(250)}/`.repeat(60)];
  for (const text of globs) {
    expect(globProblem(text)).toBeUndefined();
    for (const candidate of paths) matcherOf(text)(candidate);
  }
  expect(performance.now() - start).toBeLessThan(20_000);
});
