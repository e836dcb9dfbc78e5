import {
  type ForgeSettings,
  onlyToken,
  openRest,
  type RestApi,
  type ServiceContext,
} from '@meshwright/plugin-sdk';

const noApps = { service: 'GitLab', remedy: 'Give the forge a token of a project, a group or an account.' };

/** Opens GitLab's REST API in the name of a token: of a person, a project or a group. Nothing is sent yet. */
export function openApi({ url, credential }: ForgeSettings, { http }: ServiceContext): RestApi {
  return openRest({
    service: 'GitLab',
    base: `${url}/api/v4`,
    http,
    headers: async () => ({ authorization: `Bearer ${await onlyToken(credential, noApps)}` }),
    pageQuery: (page) => `per_page=100&page=${page}`,
    pageSize: 100,
    remedyFor,
  });
}

function remedyFor(status: number, said: string): string | undefined {
  if (status === 401)
    return 'Give the forge a token that is valid: GitLab does not know this one, or it has ended.';
  if (status === 403 && said.includes('scope')) return 'Make a token with the scope api.';
  if (status === 403) return 'Give the owner of the token the role Developer in the project.';
  if (status === 404)
    return 'Check the name, and that the owner of the token may see it: GitLab shows nobody what is hidden.';
  return undefined;
}
