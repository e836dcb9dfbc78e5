import type { SourceTree } from '@meshwright/model';
import { readFile } from '../read-file.ts';
import { type PathProblem, TreeIndex } from '../tree-index.ts';
import { type PolicyFile, policyBytes, readPolicy } from './read-policy.ts';

/**
 * Reads and checks the policy file of a tree; undefined where there is none. Links are followed inside the tree alone.
 * @throws whatever the tree throws when it cannot be read at all, as against the one file.
 */
export async function loadPolicy(tree: SourceTree, path: string): Promise<PolicyFile | undefined> {
  const entries = await tree.list();
  const found = new TreeIndex(entries).resolve(path);
  if (found.kind === 'problem') return refused(path, found.problem);
  if (found.kind === 'folder') {
    return refused(path, {
      code: 'not-a-file',
      message: 'this is a folder; the approval policy is one file',
    });
  }
  if (found.kind === 'missing') {
    if (!entries.some((entry) => entry.path === path)) return undefined;
    const message = 'this is a symbolic link to nothing';
    return refused(path, { code: 'dangling-symlink', message, suggestion: 'Mend or remove it.' });
  }
  const { bytes, problem } = await readFile(tree, found.entry, policyBytes);
  return problem === undefined ? readPolicy(bytes, path) : refused(path, problem);
}

function refused(file: string, problem: PathProblem): PolicyFile {
  return { diagnostics: [{ severity: 'error', ...problem, file }] };
}
