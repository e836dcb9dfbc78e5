import { type Context, fetchHistory, holds, notFetched, onMirror, reaches } from './fetching.ts';
import { mergeTrees, writeCommit } from './merge-trees.ts';
import { inTurn, type Mirror, mirrorFor } from './mirror.ts';
import { requireCommit } from './names.ts';

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
  return { commit: await writeCommit(mirror, merged.tree, onto, message) };
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
  const base = await writeCommit(mirror, `${commit}^{tree}`, undefined, 'base');
  const ours = await writeCommit(mirror, `${onto}^{tree}`, base, 'ours');
  const theirs = await writeCommit(mirror, `${parent}^{tree}`, base, 'theirs');
  const merged = await mergeTrees(mirror, ours, theirs);
  return 'conflicts' in merged
    ? { impossible: `later commits changed the same lines of ${merged.conflicts}` }
    : merged;
}

async function treeOf(mirror: Mirror, commit: string): Promise<string> {
  const { stdout } = await onMirror(mirror, ['rev-parse', '--verify', `${commit}^{tree}`]);
  return stdout.toString('latin1').trim();
}
