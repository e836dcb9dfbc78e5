import { clipped, type ErrorDetails, isMeshwrightError, MeshwrightError, messageOf } from '@meshwright/model';
import { encodedForm, type HttpPort, type HttpRequest } from '@meshwright/plugin-sdk';
import {
  type FetchFunction,
  type Logger,
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';

type FetchRequestInit = NonNullable<Parameters<FetchFunction>[1]>;
type FetchResponse = Awaited<ReturnType<FetchFunction>>;

/** Where Slack is, unless it is one of its own for somebody. */
export const usualAddress = 'https://slack.com';

/** Slack's client over the engine's HTTP, which does the waiting and the trying again. */
export function webClient(http: HttpPort, url: string | undefined, token: string): WebClient {
  return new WebClient(token, { ...webOptions(http, url), logger: silent });
}

/** The options of a client whose requests go through the engine's HTTP. */
export function webOptions(
  http: HttpPort,
  url = usualAddress,
): {
  slackApiUrl: string;
  fetch: FetchFunction;
  retryConfig: { retries: number };
  rejectRateLimitedCalls: boolean;
} {
  return {
    slackApiUrl: `${url}/api/`,
    fetch: fetchOver(http),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  };
}

/** Slack's libraries log requests, and answers with what people wrote: nothing of that is kept. */
export const silent: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  setLevel: ignore,
  getLevel: () => LogLevel.ERROR,
  setName: ignore,
};

function ignore(): void {
  // See `silent`.
}

function fetchOver(http: HttpPort): FetchFunction {
  return async (url, init = {}) => {
    const response = await http.send(await requestOf(String(url), init));
    return asFetchResponse(String(url), response);
  };
}

async function requestOf(
  url: string,
  { method, headers = {}, body, signal }: FetchRequestInit,
): Promise<HttpRequest> {
  const request: HttpRequest = { method: method === 'GET' ? 'GET' : 'POST', url, headers };
  if (signal !== undefined) request.signal = signal;
  if (typeof body === 'string') return { ...request, body };
  if (body === undefined) return request;
  const form = await encodedForm(body);
  return { ...request, headers: { ...headers, 'content-type': form.contentType }, body: form.body };
}

function asFetchResponse(
  url: string,
  { status, headers, body }: { status: number; headers: Readonly<Record<string, string>>; body: string },
): FetchResponse {
  const all = new Headers({ ...headers });
  return {
    ok: status >= 200 && status < 300,
    status,
    statusText: '',
    url,
    headers: { get: (name) => all.get(name), entries: () => all.entries() },
    arrayBuffer: async () => new Response(body).arrayBuffer(),
    json: async () => Promise.resolve(JSON.parse(body) as unknown),
    text: async () => Promise.resolve(body),
  };
}

/** Does what is asked of Slack, and says in one way what went wrong. */
export async function asking<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw refusal(what, error);
  }
}

/** Slack's code of an error, as in its documentation of a method; undefined for errors of another kind. */
export function slackCode(error: unknown): string | undefined {
  const cause = isMeshwrightError(error) ? error.cause : error;
  return cause instanceof WebAPIPlatformError ? cause.data.error : undefined;
}

/** Codes that Slack documents for what passes by itself. */
const passing = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

const remedies: Readonly<Record<string, string>> = {
  channel_not_found: 'Invite the app to the channel, and give the id of the channel (C…), not its name.',
  not_in_channel: 'Invite the app to the channel.',
  is_archived: 'Unarchive the channel, or name another one.',
  invalid_auth: 'Install the app again, and renew its token.',
  not_authed: 'Give the token of the app.',
  account_inactive: 'Install the app again, and renew its token.',
  token_revoked: 'Install the app again, and renew its token.',
  token_expired: 'Install the app again, and renew its token.',
  expired_trigger_id: 'Click once more: Slack gives three seconds to answer.',
  user_not_in_channel: 'Join the channel.',
};

function refusal(what: string, error: unknown): MeshwrightError {
  if (isMeshwrightError(error)) return error;
  if (error instanceof WebAPIRequestError && isMeshwrightError(error.original)) return error.original;
  if (error instanceof WebAPIPlatformError) {
    const { error: code, response_metadata: about } = error.data;
    if (!isCode(code)) {
      // Something between here and Slack has answered.
      return new MeshwrightError(
        'SERVICE_UNREACHABLE',
        `Slack could not be asked to ${what}: it answered no JSON of its own.`,
      );
    }
    const details: ErrorDetails = {};
    const remedy =
      code === 'missing_scope'
        ? `Give the app the scope ${scopes(error.data)}, and install it again.`
        : remedies[code];
    if (remedy !== undefined) details.remedy = remedy;
    if (about?.messages !== undefined)
      details.lines = about.messages.slice(0, 5).map((one) => clipped(one, 200));
    const kind = passing.has(code) ? 'SERVICE_UNREACHABLE' : 'SERVICE_REFUSED';
    return new MeshwrightError(kind, `Slack refused to ${what}: ${code}.`, details, { cause: error });
  }
  if (error instanceof WebAPIHTTPError && error.statusCode < 500 && error.statusCode !== 429) {
    return new MeshwrightError('SERVICE_REFUSED', `Slack refused to ${what}: HTTP ${error.statusCode}.`);
  }
  const reason =
    error instanceof WebAPIHTTPError
      ? `HTTP ${error.statusCode}`
      : error instanceof WebAPIRateLimitedError
        ? `its rate limit holds for ${error.retryAfter} seconds`
        : clipped(messageOf(error), 200);
  return new MeshwrightError('SERVICE_UNREACHABLE', `Slack could not be asked to ${what}: ${reason}.`);
}

/** Whether it is an error as Slack's client reads it from an answer, which may be anything. */
function isCode(code: unknown): code is string {
  return typeof code === 'string' && /^[a-z][a-z0-9_]{1,80}$/.test(code);
}

function scopes(data: object): string {
  return 'needed' in data && typeof data.needed === 'string' ? clipped(data.needed, 100) : 'that is missing';
}
