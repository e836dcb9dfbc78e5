import { MeshwrightError } from '@meshwright/model';
import type { HttpRequest, HttpResponse } from '@meshwright/plugin-sdk';
import type { Dispatcher } from 'undici';
import { AnswerTooLarge, readBounded } from './bounded.ts';

/** What one exchange is bounded by; times in milliseconds. */
export interface ExchangeLimits {
  bodyBytes: number;
  /** For the head of the answer to come, and between two parts of its body. */
  silenceMs: number;
}

const mostRedirects = 5;

/** Makes a request once, with its redirects. What it throws is undici's, AnswerTooLarge, or the signal's reason. */
export async function exchange(
  dispatcher: Dispatcher,
  request: HttpRequest,
  url: URL,
  { signal, limits }: { signal: AbortSignal; limits: ExchangeLimits },
): Promise<HttpResponse> {
  let at = url;
  for (let redirects = 0; ; redirects += 1) {
    const response = await roundTrip(dispatcher, request, at, { signal, limits });
    const next = redirects < mostRedirects ? redirectOf(request, response, at) : undefined;
    if (next === undefined) return response;
    at = next;
  }
}

async function roundTrip(
  dispatcher: Dispatcher,
  { method, headers, body }: HttpRequest,
  url: URL,
  { signal, limits }: { signal: AbortSignal; limits: ExchangeLimits },
): Promise<HttpResponse> {
  const answer = await dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers: { 'user-agent': 'meshwright', ...headers },
    body: body ?? null,
    headersTimeout: limits.silenceMs,
    bodyTimeout: limits.silenceMs,
    signal,
  });
  // One that is left before its end breaks, which nobody else hears of.
  answer.body.on('error', () => undefined);
  if (Number(answer.headers['content-length']) > limits.bodyBytes) {
    answer.body.destroy();
    throw new AnswerTooLarge(limits.bodyBytes);
  }
  return {
    status: answer.statusCode,
    headers: singleHeaders(answer.headers),
    body: await readBounded(answer.body, limits.bodyBytes),
  };
}

/**
 * Where a redirect leads, if it is followed: on the same origin only, for what the request carries is meant for that one;
 * and with the method it was asked with.
 */
function redirectOf({ method }: HttpRequest, { status, headers }: HttpResponse, at: URL): URL | undefined {
  const keepsMethod = status === 307 || status === 308;
  const moved = status === 301 || status === 302;
  if (!keepsMethod && !(moved && method === 'GET')) return undefined;
  const { location } = headers;
  if (location === undefined || !URL.canParse(location, at.href)) return undefined;
  const next = new URL(location, at);
  return next.origin === at.origin ? next : undefined;
}

function singleHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const single: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined)
      single[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return single;
}

/**
 * The address of a request.
 * @throws MeshwrightError INVALID_INPUT for one that is none of HTTP, or that has a name and password in it.
 */
export function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return url;
  // The address itself may hold a secret: it is not shown.
  throw new MeshwrightError(
    'INVALID_INPUT',
    'The address of a service is no http(s) address without credentials.',
    {
      remedy: 'Correct the url of the forge or chat in meshwright.yaml.',
    },
  );
}
