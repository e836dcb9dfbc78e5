import type { Tip } from '@meshwright/git';
import { MeshwrightError } from '@meshwright/model';
import { expect, it } from 'vitest';
import type { WatchedRepository } from './repositories.ts';
import { tellLooks } from './telling.ts';

async function resultsOf(
  tip: (signal?: AbortSignal) => Promise<Tip>,
  signal?: AbortSignal,
): Promise<string[]> {
  const told: string[] = [];
  const watched = { config: {}, repository: { tip } } as unknown as WatchedRepository;
  const find = tellLooks(() => watched, {
    looked: ({ repository, result }) => told.push(`${repository} ${result}`),
  });
  await find('platform')
    .repository.tip(signal)
    .catch(() => undefined);
  return told;
}

it('tells of every look at a branch what it came to', async () => {
  const at = { branch: 'main', commit: 'c'.repeat(40) };
  expect(await resultsOf(() => Promise.resolve(at))).toEqual(['platform seen']);
  expect(await resultsOf(() => Promise.resolve({ missing: 'main' }))).toEqual(['platform branch-missing']);
  const away = new MeshwrightError('REPOSITORY_UNREACHABLE', 'away');
  expect(await resultsOf(() => Promise.reject(away))).toEqual(['platform unreachable']);
  const no = new MeshwrightError('REPOSITORY_REFUSED', 'no');
  expect(await resultsOf(() => Promise.reject(no))).toEqual(['platform refused']);
});

it('tells nothing of a look that was called off', async () => {
  const called = AbortSignal.abort();
  expect(
    await resultsOf(() => Promise.reject(new MeshwrightError('REPOSITORY_UNREACHABLE', 'off')), called),
  ).toEqual([]);
});
