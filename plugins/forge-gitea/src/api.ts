import {
  nameParts,
  onlyToken,
  openRest,
  type ForgeSettings,
  type RestApi,
  type ServiceContext,
} from '@meshwright/plugin-sdk';

const noApps = { service: 'Gitea', remedy: 'Give the forge a token of the account that Meshwright uses.' };

/** Entries asked for at once; a server gives fewer where it is set to. */
const pageSize = 50;

/** Gitea's REST API in the name of a token; nothing is sent yet. */
export function openApi({ url, credential }: ForgeSettings, { http }: ServiceContext): RestApi {
  return openRest({
    service: 'Gitea',
    base: `${url}/api/v1`,
    http,
    headers: async () => ({ authorization: `token ${await onlyToken(credential, noApps)}` }),
    pageQuery: (page) => `page=${page}&limit=${pageSize}`,
    remedyFor,
  });
}

/**
 * The path of a repository below Gitea's address: `/acme/patterns`.
 * @throws MeshwrightError INVALID_INPUT when it is no owner and name.
 */
export function projectPath(project: string): string {
  return `/${nameParts(project, { what: 'repository of Gitea', example: 'acme/patterns' }).join('/')}`;
}

function remedyFor(status: number, said: string): string | undefined {
  if (status === 401)
    return 'Give the forge a token that is valid: this one is unknown to Gitea, or revoked.';
  if (status === 403 && said.includes('scope'))
    return 'Make a token with the scopes write:repository, write:issue, read:user and read:organization.';
  if (status === 403) return 'Let the account of the token write to the repository.';
  if (status === 404)
    return 'Check the name, and that the account of the token may see it: Gitea shows nobody what is hidden.';
  if (status === 423) return 'The repository is archived: nothing can be written to it.';
  return undefined;
}
