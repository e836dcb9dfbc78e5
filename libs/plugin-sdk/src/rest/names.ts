import { MeshwrightError } from '@meshwright/model';

/**
 * A name with slashes in its parts, such as `acme/patterns`, none of which leads elsewhere in a path.
 * @throws MeshwrightError INVALID_INPUT when it has fewer parts than `least` or more than `most`, or one that is no name.
 */
export function nameParts(
  name: string,
  { what, example, least = 2, most = 2 }: { what: string; example: string; least?: number; most?: number },
): string[] {
  const parts = name.split('/');
  const right = parts.every((part) => /^[\w.-]{1,255}$/.test(part) && part !== '.' && part !== '..');
  if (right && parts.length >= least && parts.length <= most) return parts;
  throw new MeshwrightError('INVALID_INPUT', `${JSON.stringify(name.slice(0, 200))} is no ${what}.`, {
    remedy: `Write it as ${example}.`,
  });
}

/** A commit for a path of an API. @throws MeshwrightError INVALID_INPUT when it is no full id. */
export function commitId(commit: string): string {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return commit;
  throw new MeshwrightError('INVALID_INPUT', `${JSON.stringify(commit.slice(0, 100))} is no id of a commit.`);
}
