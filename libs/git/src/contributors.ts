import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommitInfo, MeshwrightError } from '@meshwright/model';
import { type CommitPeople, listPeopleArguments, parsePeople } from './commits.ts';
import { type Context, deepen, notFetched, onMirror } from './fetching.ts';
import { inTurn, type Mirror, mirrorFor } from './mirror.ts';
import { requireCommit } from './names.ts';

type Contributors = CommitInfo['contributors'];

const most = 100;
/** Commits that are looked at where it cannot be told which of them are new. */
const fallback = 50;

/**
 * Who authored or committed a fetched commit and all that came with it: whatever is not among the ancestors of `since`; of
 * the commit alone without it. More history is fetched as needed. Where `since` is gone, as after a force push, or its
 * history cannot be had, those of the last 50 commits.
 * @throws MeshwrightError INVALID_INPUT when there are more than 100, COMMIT_MISSING when the commit was not fetched.
 */
export async function findContributors(
  context: Context,
  commit: string,
  since: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Contributors> {
  requireCommit(commit);
  if (since !== undefined) requireCommit(since);
  const mirror = mirrorFor(context.options.mirrorDirectory, commit);
  return inTurn(mirror.directory, async () => {
    // The commit itself in any case: a branch that was set back has nothing new.
    const own = await newest(context, mirror, commit, 1);
    if (since === undefined) return distinct(own);
    const range = `${since}..${commit}`;
    const commits =
      (await complete(mirror, range)) ?? (await deeper(context, mirror, { commit, range, signal }));
    return distinct([...own, ...(commits ?? (await newest(context, mirror, commit, fallback)))]);
  });
}

async function deeper(
  context: Context,
  mirror: Mirror,
  { commit, range, signal }: { commit: string; range: string; signal: AbortSignal | undefined },
): Promise<CommitPeople[] | undefined> {
  await deepen(context, mirror, commit, signal);
  return complete(mirror, range);
}

/** The commits of a range; undefined where the mirror ends within it, or does not know its beginning. */
async function complete(mirror: Mirror, range: string): Promise<CommitPeople[] | undefined> {
  const { code, stdout } = await onMirror(mirror, listPeopleArguments(range, mostCommits), listLimit);
  if (code !== 0) return undefined;
  const commits = parsePeople(stdout);
  const ends = await shallowEnds(mirror);
  return commits.some(({ id }) => ends.has(id)) ? undefined : commits;
}

/** More than are fetched. */
const mostCommits = 100_000;
/** Thousands of commits with ordinary names; more are refused. */
const listLimit = 4 * 1024 * 1024;

async function newest(
  { options }: Context,
  mirror: Mirror,
  commit: string,
  count: number,
): Promise<CommitPeople[]> {
  const { code, stdout } = await onMirror(mirror, listPeopleArguments(commit, count), listLimit);
  const commits = parsePeople(stdout);
  if (code !== 0 || commits.length === 0) throw notFetched(options.name, commit);
  return commits;
}

/** The commits at which a shallow mirror ends (gitrepository-layout(5)). */
async function shallowEnds(mirror: Mirror): Promise<ReadonlySet<string>> {
  const text = await readFile(join(mirror.directory, 'shallow'), 'latin1').catch(() => '');
  return new Set(text.split('\n').filter((line) => line !== ''));
}

function distinct(commits: readonly CommitPeople[]): Contributors {
  const found = new Map<string, Contributors[number]>();
  for (const { people } of commits) {
    for (const person of people) found.set(JSON.stringify([person.name, person.email]), person);
  }
  if (found.size <= most) return [...found.values()];
  throw new MeshwrightError(
    'INVALID_INPUT',
    `${found.size} people have a part in the commits that came at once; at most ${most} are kept track of.`,
    { remedy: 'Push them in several steps.' },
  );
}
