import { MeshwrightError } from '@meshwright/model';
import { type Context, fetchHistory, holds, notFetched, onMirror, reaches } from './fetching.ts';
import { inTurn, type Mirror, mirrorFor } from './mirror.ts';
import { isCommit, requireCommit } from './names.ts';
import { runGit } from './plumbing.ts';

/** How a commit is taken back. */
export interface RevertOptions {
  /** The commit that the new one follows, such as a branch's tip. */
  onto: string;
  /** The whole message of the new commit. */
  message: string;
  signal?: AbortSignal;
}

/** The new commit, in the mirror alone; or why there is none, as a sentence without its subject's commit. */
export type Reverted = { commit: string } | { impossible: string };

/** Who writes commits of ours, and those in between that nobody sees. */
const identity = { name: 'Meshwright', email: 'noreply@meshwright.dev' };
const localTimeoutMs = 60_000;
const mostNamed = 5;

/** See `Repository.revert`. */
export async function revertCommit(
  context: Context,
  commit: string,
  options: RevertOptions,
): Promise<Reverted> {
  requireCommit(commit);
  requireCommit(options.onto);
  const mirror = mirrorFor(context.options.mirrorDirectory, commit);
  return inTurn(mirror.directory, () => revertInTurn(context, mirror, commit, options));
}

async function revertInTurn(
  context: Context,
  mirror: Mirror,
  commit: string,
  { onto, message, signal }: RevertOptions,
): Promise<Reverted> {
  if (!(await holds(mirror, onto))) await fetchHistory(context, mirror, onto, signal);
  if (!(await reaches(context, mirror, { ancestor: commit, descendant: onto }, signal))) {
    return { impossible: 'it is not (any more) among the commits of the branch' };
  }
  const parent = await parentOf(context, mirror, commit);
  if (parent === undefined) return { impossible: 'it is the first commit' };
  if (!(await holds(mirror, parent))) await fetchHistory(context, mirror, commit, signal);
  for (const needed of [commit, onto, parent]) {
    if (!(await holds(mirror, needed))) throw notFetched(context.options.name, needed);
  }
  const merged = await mergeBack(mirror, { commit, onto, parent });
  if ('impossible' in merged) return merged;
  if (merged.tree === (await treeOf(mirror, onto)))
    return { impossible: 'nothing of it is left to take back' };
  return { commit: await write(mirror, merged.tree, onto, message) };
}

/** The first parent as the commit itself names it, also where a shallow mirror ends there. */
async function parentOf(context: Context, mirror: Mirror, commit: string): Promise<string | undefined> {
  const { code, stdout } = await onMirror(mirror, ['cat-file', 'commit', commit]);
  if (code !== 0) throw notFetched(context.options.name, commit);
  const [headers = ''] = stdout.toString('latin1').split('\n\n', 1);
  return /^parent ([0-9a-f]+)$/m.exec(headers)?.[1];
}

/**
 * The tree of `onto` without what `commit` changed since its first parent: a merge of `onto` with the parent, whose base
 * is the commit (as git-revert(1) does it), on commits made for the purpose. Needs no index and no files.
 */
async function mergeBack(
  mirror: Mirror,
  { commit, onto, parent }: { commit: string; onto: string; parent: string },
): Promise<{ tree: string } | { impossible: string }> {
  const base = await write(mirror, `${commit}^{tree}`, undefined, 'base');
  const ours = await write(mirror, `${onto}^{tree}`, base, 'ours');
  const theirs = await write(mirror, `${parent}^{tree}`, base, 'theirs');
  const argv = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
  const { code, stdout, stderr } = await onMirror(mirror, argv);
  const [tree = '', ...conflicts] = stdout.toString('utf8').split('\0');
  if (code === 0 && isCommit(tree)) return { tree };
  if (code === 1) return { impossible: `later commits changed the same lines of ${named(conflicts)}` };
  // A file that was too large to be fetched is missing.
  return { impossible: `Git cannot compute it: ${oneLine(stderr)}` };
}

async function treeOf(mirror: Mirror, commit: string): Promise<string> {
  const { stdout } = await onMirror(mirror, ['rev-parse', '--verify', `${commit}^{tree}`]);
  return stdout.toString('latin1').trim();
}

/** Writes a commit into the mirror; gives its id. */
async function write(
  mirror: Mirror,
  tree: string,
  parent: string | undefined,
  message: string,
): Promise<string> {
  const { name, email } = identity;
  const result = await runGit(
    ['commit-tree', tree, ...(parent === undefined ? [] : ['-p', parent]), '-m', message],
    {
      environment: {
        ...mirror.environment,
        GIT_AUTHOR_NAME: name,
        GIT_AUTHOR_EMAIL: email,
        GIT_COMMITTER_NAME: name,
        GIT_COMMITTER_EMAIL: email,
      },
      directory: mirror.directory,
      timeoutMs: localTimeoutMs,
    },
  );
  const id = result.stdout.toString('latin1').trim();
  if (result.code === 0 && isCommit(id)) return id;
  throw new MeshwrightError(
    'INTERNAL',
    `git commit-tree failed in ${mirror.directory}: ${oneLine(result.stderr)}`,
  );
}

function named(paths: readonly string[]): string {
  const some = paths.filter((path) => path !== '');
  const shown = some.slice(0, mostNamed).map((path) => JSON.stringify(path.slice(0, 200)));
  return some.length > mostNamed
    ? `${shown.join(', ')} and ${some.length - mostNamed} more`
    : shown.join(', ');
}

function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}
