import {
  type ForgeSettings,
  openRest,
  type RestApi,
  type RestOptions,
  type ServiceContext,
} from '@meshwright/plugin-sdk';
import { appToken, type Installed, type InstallationTokens, installationTokens } from './app.ts';

/** GitHub's REST API, in the name of a token or of an app where it is installed. */
export interface GithubApi {
  /** What concerns a repository, or an organization. */
  of(installed: Installed): RestApi;
  kind: 'token' | 'app';
  /** In the name of the token, or of the app itself. */
  self: RestApi;
}

/** Opens the API that belongs to an address of GitHub; nothing is sent yet. */
export function openApi({ url, credential }: ForgeSettings, context: ServiceContext): GithubApi {
  const options = { base: apiAddress(url), http: context.http };
  if (credential.kind === 'token') {
    const rest = openGithub({ ...options, authorization: async () => `Bearer ${await credential.token()}` });
    return { kind: 'token', self: rest, of: () => rest };
  }
  const app = openGithub({
    ...options,
    authorization: async () =>
      `Bearer ${appToken(credential.app, await credential.privateKey(), context.now())}`,
  });
  const tokens = installationTokens(app, credential.installation, () => context.now());
  return { kind: 'app', self: app, of: (installed) => asInstallation(options, tokens, installed) };
}

/** `https://api.github.com` for github.com, `https://api.<name>.ghe.com`, and `<url>/api/v3` of an Enterprise Server. */
export function apiAddress(url: string): string {
  const { protocol, host } = new URL(url);
  if (host === 'github.com' || host.endsWith('.ghe.com')) return `${protocol}//api.${host}`;
  return `${url.replace(/\/+$/, '')}/api/v3`;
}

type Options = Pick<RestOptions, 'base' | 'http'>;

function asInstallation(options: Options, tokens: InstallationTokens, installed: Installed): RestApi {
  return openGithub({
    ...options,
    authorization: async () => `Bearer ${await tokens.read(installed)}`,
    renew: () => tokens.forget(installed),
  });
}

function openGithub({
  authorization,
  ...options
}: Options & Pick<RestOptions, 'renew'> & { authorization: () => Promise<string> }): RestApi {
  return openRest({
    ...options,
    service: 'GitHub',
    headers: async () => ({
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      authorization: await authorization(),
    }),
    pageQuery: (page) => `per_page=100&page=${page}`,
    pageSize: 100,
    remedyFor,
  });
}

function remedyFor(status: number, said: string): string | undefined {
  if (status === 401)
    return 'Give the forge a token or a private key that is valid: GitHub does not know this one.';
  if (status === 403 && said.includes('SAML'))
    return 'Authorize the token for the organization’s single sign-on.';
  if (status === 403)
    return 'Give the token or the app the permissions of docs/guides/github.md, and accept them where it is installed.';
  if (status === 404)
    return 'Check the name, and that the token or the app may see it: GitHub shows nobody what is hidden.';
  if (status === 410) return 'What is asked for was switched off in the settings of the repository.';
  return undefined;
}
