import { MeshwrightError } from '@meshwright/model';
import type { RestApi } from '@meshwright/plugin-sdk';
import { z } from 'zod';
import type { GithubApi } from './api.ts';
import { type GithubComment, repositoryShape, userShape } from './shapes.ts';

const appShape = z.object({
  id: z.int(),
  slug: z.string(),
  permissions: z.record(z.string(), z.string()).default({}),
});

/** Whom the credential belongs to. */
export type Identity =
  { kind: 'user'; id: number; login: string } | ({ kind: 'app' } & z.infer<typeof appShape>);

/** What the engine does with an app: every one of these is needed to write, but for the first and the last. */
const neededPermissions: Readonly<Record<string, 'read' | 'write'>> = {
  contents: 'read',
  statuses: 'write',
  pull_requests: 'write',
};

/** Asks whom the credential belongs to. */
export async function readIdentity({ kind, self }: GithubApi): Promise<Identity> {
  return kind === 'app'
    ? { kind, ...(await self.get('/app', appShape)) }
    : { kind: 'user', ...(await self.get('/user', userShape)) };
}

/** Whether the engine has written a comment. */
export function wrote(identity: Identity, { user, performed_via_github_app: app }: GithubComment): boolean {
  return identity.kind === 'app' ? app?.id === identity.id : user?.id === identity.id;
}

/**
 * Whether the credential can do what the engine needs in a repository, and whose it is. Nothing is written.
 * @throws MeshwrightError SERVICE_REFUSED with what is missing.
 */
export async function checkAccess(identity: Identity, api: RestApi, project: string): Promise<string> {
  const { full_name: name, archived, permissions } = await api.get(`/repos/${project}`, repositoryShape);
  if (archived)
    throw refused(`${name} is archived.`, 'Take it out of the archive: nothing can be written to it.');
  if (identity.kind === 'app') {
    requirePermissions(identity);
    return `the app ${identity.slug}, installed on ${name}`;
  }
  if (permissions?.push !== true) {
    throw refused(
      `${identity.login} may not write to ${name}.`,
      'Make it a collaborator with the role Write, or give the token the repository: commit statuses need that.',
    );
  }
  return `${identity.login} (account ${identity.id}), who may write to ${name}`;
}

function requirePermissions({ slug, permissions }: Identity & { kind: 'app' }): void {
  for (const [permission, needed] of Object.entries(neededPermissions)) {
    const given = permissions[permission];
    if (given === 'write' || given === needed) continue;
    throw refused(
      `The app ${slug} lacks the permission ${permission}: ${needed}.`,
      "Add it in the app's settings, and accept it where the app is installed.",
    );
  }
}

function refused(what: string, remedy: string): MeshwrightError {
  return new MeshwrightError('SERVICE_REFUSED', what, { where: 'GitHub', remedy });
}
