import { MeshwrightError } from '@meshwright/model';
import type { HttpResponse } from '@meshwright/plugin-sdk';

const longest = 300;

/** The error that an answer of Gitea is; `SERVICE_UNREACHABLE` where trying again may help. */
export function refusalOf(
  { method, path }: { method: string; path: string },
  response: HttpResponse,
): MeshwrightError {
  const { status } = response;
  const said = messageIn(response);
  const passing = status === 429 || status >= 500;
  return new MeshwrightError(
    passing ? 'SERVICE_UNREACHABLE' : 'SERVICE_REFUSED',
    `Gitea answered ${method} ${path} with ${status}${said === '' ? '' : `: ${said}`}`,
    { remedy: remedyFor(status, said) },
  );
}

function remedyFor(status: number, said: string): string {
  if (status === 401)
    return 'Give the forge a token that is valid: this one is unknown to Gitea, or revoked.';
  if (status === 403 && said.includes('scope'))
    return 'Make a token with the scopes write:repository, write:issue, read:user and read:organization.';
  if (status === 403) return 'Let the account of the token write to the repository.';
  if (status === 404)
    return 'Check the name, and that the account of the token may see it: Gitea shows nobody what is hidden.';
  if (status >= 300 && status < 400) return 'It has moved: use its new name in the configuration.';
  if (status === 423) return 'The repository is archived: nothing can be written to it.';
  if (status === 429) return 'Gitea, or a proxy before it, asks for fewer requests.';
  if (status >= 500) return 'Gitea is not well: its log says why.';
  return 'What Gitea says tells what to change.';
}

/** What Gitea says about a refusal, on one line. Pages of proxies are left out. */
function messageIn({ body }: HttpResponse): string {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null || !('message' in value)) return '';
    return String(value.message)
      .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
      .trim()
      .slice(0, longest);
  } catch {
    return '';
  }
}
