import { MeshwrightError } from '@meshwright/model';

const commitForm = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Everything git-check-ref-format(1) forbids in a branch name: control characters, spaces and `~^:?*[\`, `..`, `@{`,
 * `//`, a leading `-` or `/`, parts that start with `.` or end with `.lock`, a trailing `.` or `/`, and `@` alone.
 */
const forbiddenInBranch =
  /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|(?:^|\/)\.|\.lock(?:\/|$)|[./]$|^@$/;

/** Whether the text is a full commit id, SHA-1 or SHA-256, in lower case. */
export function isCommit(text: string): boolean {
  return commitForm.test(text);
}

/** @throws MeshwrightError INVALID_INPUT unless the text is a full commit id. */
export function requireCommit(text: string): void {
  if (isCommit(text)) return;
  throw new MeshwrightError('INVALID_INPUT', `${JSON.stringify(text.slice(0, 80))} is not a full commit id.`);
}

/** @throws MeshwrightError INVALID_CONFIGURATION unless Git would take the text as a branch's name. */
export function requireBranch(text: string): void {
  if (text.length > 0 && text.length <= 250 && !forbiddenInBranch.test(text)) return;
  throw new MeshwrightError(
    'INVALID_CONFIGURATION',
    `${JSON.stringify(text.slice(0, 80))} is not the name of a branch.`,
    {
      remedy: 'Write the name as `git branch` shows it, without refs/heads/.',
    },
  );
}

/** @throws MeshwrightError INVALID_INPUT unless Git would take the text as the full name of a ref, such as `refs/pull/3/head`. */
export function requireRef(text: string): void {
  if (text.startsWith('refs/') && text.length <= 250 && !forbiddenInBranch.test(text)) return;
  throw new MeshwrightError(
    'INVALID_INPUT',
    `${JSON.stringify(text.slice(0, 80))} is not the full name of a ref.`,
  );
}

/** A directory inside a repository: `''` for its root. */
export function normalizeDirectory(directory: string): string {
  const parts = directory.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || directory.includes('\0')) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      `The directory ${JSON.stringify(directory)} leaves the repository.`,
      { remedy: 'Name a directory inside the repository, without `..`.' },
    );
  }
  return parts.join('/');
}
