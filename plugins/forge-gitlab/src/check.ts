import { MeshwrightError } from '@meshwright/model';
import type { RestApi } from '@meshwright/plugin-sdk';
import { projectShape, userShape } from './shapes.ts';

/** The role Developer, and what is above it (https://docs.gitlab.com/api/access_requests/). */
const developer = 30;

/**
 * Whether the token can do what the engine needs in a project, and whose it is. Nothing is written.
 * @throws MeshwrightError SERVICE_REFUSED with what is missing.
 */
export async function checkAccess(api: RestApi, projectPath: string): Promise<string> {
  const me = await api.get('/user', userShape);
  const project = await api.get(projectPath, projectShape);
  const { path_with_namespace: name, permissions } = project;
  if (project.archived) {
    throw refused(`${name} is archived.`, 'Unarchive it: nothing can be written to it.');
  }
  if (project.merge_requests_access_level === 'disabled') {
    throw refused(`${name} has no merge requests.`, 'Switch merge requests on in its settings.');
  }
  const levels = [
    permissions?.project_access?.access_level ?? 0,
    permissions?.group_access?.access_level ?? 0,
  ];
  if (Math.max(...levels) < developer) {
    throw refused(
      `${me.username} has no role in ${name} that may write.`,
      'Give it the role Developer: commit statuses need that.',
    );
  }
  return `${me.username} (account ${me.id}), who may write to ${name}`;
}

function refused(what: string, remedy: string): MeshwrightError {
  return new MeshwrightError('SERVICE_REFUSED', what, { where: 'GitLab', remedy });
}
