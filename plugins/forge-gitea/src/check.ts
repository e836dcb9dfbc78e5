import { MeshwrightError } from '@meshwright/model';
import type { RestApi } from '@meshwright/plugin-sdk';
import { projectPath } from './api.ts';
import { repositoryShape, userShape } from './shapes.ts';

/**
 * Whether the account of the token can do what the engine needs in a repository, and who it is. Nothing is written.
 * @throws MeshwrightError SERVICE_REFUSED with what is missing.
 */
export async function checkAccess(api: RestApi, project: string): Promise<string> {
  const path = `/repos${projectPath(project)}`;
  const me = await api.get('/user', userShape);
  const repository = await api.get(path, repositoryShape);
  const who = `${me.login} (account ${me.id})`;
  if (repository.archived)
    throw refused(`${project} is archived`, 'Take it out of the archive: nothing can be written to it.');
  if (!repository.has_pull_requests)
    throw refused(`${project} has no pull requests`, 'Switch pull requests on in its settings.');
  if (repository.permissions?.push !== true)
    throw refused(
      `${who} may not write to ${project}`,
      'Make it a collaborator with the permission to write: commit statuses need that.',
    );
  // Gitea looks at a token's scope first, and then refuses what is empty.
  for (const attempt of [`${path}/pulls`, `${path}/issues/0/comments`]) {
    const request = { method: 'POST', path: attempt, body: {} } as const;
    const response = await api.ask(request);
    if (response.status === 403) throw api.refusal(request, response);
  }
  return `${who} may write to ${repository.full_name}`;
}

function refused(what: string, remedy: string): MeshwrightError {
  return new MeshwrightError('SERVICE_REFUSED', what, { remedy });
}
