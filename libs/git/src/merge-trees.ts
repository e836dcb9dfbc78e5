import { MeshwrightError } from '@meshwright/model';
import { onMirror } from './fetching.ts';
import type { Mirror } from './mirror.ts';
import { isCommit } from './names.ts';
import { runGit } from './plumbing.ts';

/** Who writes commits of ours, and those in between that nobody sees. */
const identity = { name: 'Meshwright', email: 'noreply@meshwright.dev' };
const localTimeoutMs = 60_000;
const mostNamed = 5;

/** The tree of a merge; the files of which both sides changed the same lines; or why there can be none. */
export type MergedTree = { tree: string } | { conflicts: string } | { impossible: string };

/** The tree that merging two commits of the mirror gives. Needs no index and no files. */
export async function mergeTrees(mirror: Mirror, ours: string, theirs: string): Promise<MergedTree> {
  const argv = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
  const { code, stdout, stderr } = await onMirror(mirror, argv);
  const [tree = '', ...conflicts] = stdout.toString('utf8').split('\0');
  if (code === 0 && isCommit(tree)) return { tree };
  if (code === 1) return { conflicts: named(conflicts) };
  // A file that was too large to be fetched is missing.
  return { impossible: `Git cannot compute it: ${oneLine(stderr)}` };
}

/** Writes a commit into the mirror; gives its id. */
export async function writeCommit(
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
