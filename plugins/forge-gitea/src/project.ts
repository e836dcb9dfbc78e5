import { MeshwrightError } from '@meshwright/model';

/**
 * The path of a repository below Gitea's address: `/acme/patterns`.
 * @throws MeshwrightError INVALID_INPUT when it is no owner and name.
 */
export function projectPath(project: string): string {
  const [owner = '', name = '', ...more] = project.split('/');
  if (isName(owner) && isName(name) && more.length === 0)
    return `/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
  throw new MeshwrightError('INVALID_INPUT', `"${project}" is no repository of a Gitea`, {
    remedy: 'Write its owner and its name, such as acme/patterns.',
  });
}

/**
 * An organization and one of its teams: `acme/mesh-owners`.
 * @throws MeshwrightError INVALID_INPUT when it is something else.
 */
export function teamParts(team: string): { organization: string; name: string } {
  const [organization = '', name = '', ...more] = team.split('/');
  if (isName(organization) && isName(name) && more.length === 0) return { organization, name };
  throw new MeshwrightError('INVALID_INPUT', `"${team}" is no team of a Gitea`, {
    remedy: 'Write its organization and its name, such as acme/mesh-owners.',
  });
}

/** A segment that a path may hold as it is. */
function isName(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..';
}

/**
 * A commit for a path of the API.
 * @throws MeshwrightError INVALID_INPUT when it is no full id.
 */
export function commitId(commit: string): string {
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return commit;
  throw new MeshwrightError('INVALID_INPUT', `"${commit}" is no id of a commit`);
}
