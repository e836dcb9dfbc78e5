import { MeshwrightError } from '@meshwright/model';
import { isCommit } from './names.ts';

/** The commit a branch points to, or the branch that is not there. */
export type Tip = { branch: string; commit: string } | { missing: string };

/** The arguments that ask a server for one branch, or for what its HEAD points to. */
export function tipArguments(branch: string | undefined): string[] {
  return branch === undefined
    ? ['ls-remote', '--symref', '--end-of-options', 'origin', 'HEAD']
    : ['ls-remote', '--heads', '--end-of-options', 'origin', `refs/heads/${branch}`];
}

/**
 * Reads the answer of `ls-remote`, which lists every ref that *ends* like the wanted one: only the exact name counts.
 * @throws MeshwrightError REPOSITORY_REFUSED when it is no such answer.
 */
export function parseTip(output: string, branch: string | undefined): Tip {
  const refs = new Map<string, string>();
  let head: string | undefined;
  for (const line of output.split('\n')) {
    const [value = '', ref = ''] = line.split('\t');
    if (value.startsWith('ref: ') && ref === 'HEAD') head = value.slice('ref: '.length);
    else if (line !== '') refs.set(ref, value);
  }
  const commit = refs.get(branch === undefined ? 'HEAD' : `refs/heads/${branch}`);
  const name = branch ?? head?.replace(/^refs\/heads\//, '') ?? 'HEAD';
  if (commit === undefined) return { missing: name };
  if (!isCommit(commit)) throw new MeshwrightError('REPOSITORY_REFUSED', 'The server named no commit id.');
  return { branch: name, commit };
}
