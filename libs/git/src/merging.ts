import { type Context, deepen, fetchHistory, holds, notFetched, onMirror } from './fetching.ts';
import { mergeTrees, writeCommit } from './merge-trees.ts';
import { inTurn, type Mirror, mirrorFor } from './mirror.ts';
import { requireCommit } from './names.ts';

/** A commit that stands for the merge, in the mirror alone; or why there is none, as a sentence without its beginning. */
export type Merged = { commit: string } | { impossible: string };

/** See `Repository.merge`. */
export async function mergeCommit(
  context: Context,
  commit: string,
  { onto, signal }: { onto: string; signal?: AbortSignal | undefined },
): Promise<Merged> {
  requireCommit(commit);
  requireCommit(onto);
  const mirror = mirrorFor(context.options.mirrorDirectory, commit);
  return inTurn(mirror.directory, async () => {
    if (!(await holds(mirror, onto))) await fetchHistory(context, mirror, onto, signal);
    for (const needed of [commit, onto]) {
      if (!(await holds(mirror, needed))) throw notFetched(context.options.name, needed);
    }
    if (!(await haveBase(mirror, commit, onto))) await deepen(context, mirror, commit, signal);
    if (!(await haveBase(mirror, commit, onto))) await deepen(context, mirror, onto, signal);
    if (!(await haveBase(mirror, commit, onto))) return { impossible: 'they have no commit in common' };
    const merged = await mergeTrees(mirror, onto, commit);
    if ('conflicts' in merged) return { impossible: `both changed the same lines of ${merged.conflicts}` };
    if ('impossible' in merged) return merged;
    return { commit: await writeCommit(mirror, merged.tree, onto, 'merge') };
  });
}

async function haveBase(mirror: Mirror, commit: string, onto: string): Promise<boolean> {
  const { code } = await onMirror(mirror, ['merge-base', onto, commit]);
  return code === 0;
}
