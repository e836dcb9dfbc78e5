import { expect, it } from 'vitest';
import { ownedValueProblems } from './owned-values.ts';

const values = { tls: { method: 'cronJob', key: 'secret' }, host: 'auto', other: 1 };

function fields(owned: Parameters<typeof ownedValueProblems>[2]): string[] {
  return ownedValueProblems('small', values, owned).map(({ field }) => field);
}

it.each([
  ['nothing of it is allowed', { paths: ['tls.key', 'host'] }, ['tls.key', 'host']],
  [
    'it says something else than what is allowed',
    { paths: ['tls.method'], allowed: ['other'] },
    ['tls.method'],
  ],
  ['it says what is allowed', { paths: ['tls.method'], allowed: ['cronJob'] }, []],
  ['it says what is refused', { paths: ['host'], refused: ['auto'] }, ['host']],
  ['it says what nobody refused', { paths: ['other'], refused: ['auto'] }, []],
  ['it is not there', { paths: ['tls.none', 'none.at.all'] }, []],
])('judges a value when %s', (_when, owned, refused) => {
  expect(fields([{ ...owned, why: 'it is ours' }])).toEqual(
    refused.map((path) => `mesh.values.small.${path}`),
  );
});

it('says why and what to do, and never what stood there', () => {
  const [problem] = ownedValueProblems('small', values, [{ paths: ['tls.key'], why: 'it is ours' }]);
  expect(problem).toMatchObject({ message: 'Not to be set: it is ours.', suggestion: 'Take it away.' });
  expect(JSON.stringify(problem)).not.toContain('secret');
});
