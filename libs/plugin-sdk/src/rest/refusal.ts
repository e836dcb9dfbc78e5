import { MeshwrightError } from '@meshwright/model';
import type { HttpResponse } from '../http.ts';
import { shown } from '../shown.ts';

/** What was asked for, as people are told of it. */
export interface Asked {
  method: string;
  /** Below the API's address. */
  path: string;
}

/** Whether a service asks for fewer requests: 429, or GitHub's 403 with a limit in its headers or its words. */
export function isLimited({ status, headers, body }: HttpResponse): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  const said = headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0';
  return said || /\brate limit/i.test(body.slice(0, 2_000));
}

/**
 * The error that an answer is: SERVICE_UNREACHABLE where it may pass by itself, SERVICE_REFUSED with what to do about it
 * otherwise.
 */
export function refusalOf(
  service: string,
  { method, path }: Asked,
  response: HttpResponse,
  remedyFor: (status: number, said: string) => string | undefined,
): MeshwrightError {
  const { status } = response;
  const said = messageIn(response);
  const passes = isLimited(response) || status >= 500;
  return new MeshwrightError(
    passes ? 'SERVICE_UNREACHABLE' : 'SERVICE_REFUSED',
    `${service} answered ${method} ${shown(path, 300)} with ${status}${said === '' ? '' : `: ${said}`}`,
    {
      where: service,
      remedy:
        usualRemedy(service, response) ?? remedyFor(status, said) ?? 'What it says tells what to change.',
    },
  );
}

function usualRemedy(service: string, response: HttpResponse): string | undefined {
  const { status } = response;
  if (isLimited(response))
    return `${service}, or a proxy before it, asks for fewer requests; they are made again later.`;
  if (status >= 500) return `${service} is not well: its status page or its log says why.`;
  return status >= 300 && status < 400 ? 'It has moved: use its new name in the configuration.' : undefined;
}

/** What a service says about a refusal, on one line. Pages of proxies are left out. */
function messageIn({ body }: HttpResponse): string {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null) return '';
    const said = 'message' in value ? value.message : 'error' in value ? value.error : '';
    return shown(typeof said === 'string' ? said : JSON.stringify(said), 300);
  } catch {
    return '';
  }
}
