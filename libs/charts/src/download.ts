import { getCACertificates } from 'node:tls';
import { AnswerTooLarge, connectionFailure, readBytesBounded } from '@meshwright/http';
import { MeshwrightError, messageOf } from '@meshwright/model';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { remedyFor, unavailable } from './failures.ts';
import { isLoopback } from './source.ts';

/** How long a source may take; milliseconds. */
export interface Patience {
  /** To connect. */
  connectMs: number;
  /** For an index or an archive to be there as a whole, however steadily it drips. */
  totalMs: number;
}

export interface DownloadRequest {
  /** What is fetched, for people: `The index of …`. */
  what: string;
  url: URL;
  maximumBytes: number;
  /** Of the copy that is there already. */
  etag?: string | undefined;
  /** Where the address was found; the address itself when not given. */
  from?: URL;
  /** Whether 401 is an answer as good as any: there is somebody, who wants a token. */
  acceptsUnauthorized?: boolean;
  signal?: AbortSignal | undefined;
}

export type Downloaded =
  | { state: 'whole'; content: Buffer; etag: string | undefined }
  /** The copy that is there already still counts. */
  | { state: 'unchanged' }
  | { state: 'absent' };

/**
 * Fetches a file over HTTP: certificates are verified, bytes and time are bounded, and plain text stays on this machine.
 * @throws MeshwrightError CHART_UNAVAILABLE when it did not come whole and in time, CHART_REFUSED when it is too large
 *   or leads into plain text; the signal's reason when cancelled.
 */
export async function download(request: DownloadRequest, patience: Patience): Promise<Downloaded> {
  const { signal } = request;
  signal?.throwIfAborted();
  const time = AbortSignal.timeout(patience.totalMs);
  const either = signal === undefined ? time : AbortSignal.any([signal, time]);
  // One of its own for each file: they are few, and none is left open.
  const dispatcher = openAgent(patience);
  try {
    return await follow(dispatcher, request, either);
  } catch (error) {
    signal?.throwIfAborted();
    throw failureOf(error, request, time.aborted ? patience.totalMs : undefined);
  } finally {
    await dispatcher.destroy();
  }
}

const mostRedirects = 5;

async function follow(
  dispatcher: Dispatcher,
  request: DownloadRequest,
  signal: AbortSignal,
): Promise<Downloaded> {
  let url = request.url;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    requireSafe(url, request);
    const { origin, pathname, search } = url;
    const answer = await dispatcher.request({
      origin,
      path: pathname + search,
      method: 'GET',
      headers: {
        'user-agent': 'meshwright',
        ...(request.etag === undefined ? {} : { 'if-none-match': request.etag }),
      },
      signal,
    });
    // One that is left before its end breaks, which nobody else hears of.
    answer.body.on('error', () => undefined);
    const { statusCode: status } = answer;
    if (status === 200) return { state: 'whole', ...(await readWhole(answer, request)) };
    answer.body.destroy();
    if (status === 304 && request.etag !== undefined) return { state: 'unchanged' };
    if (status === 401 && request.acceptsUnauthorized === true) return { state: 'unchanged' };
    if (status === 404 || status === 410) return { state: 'absent' };
    const { location } = answer.headers;
    const moved = status >= 300 && status < 400 && typeof location === 'string';
    if (!moved || !URL.canParse(location, url.href)) throw new Error(`${origin} answered ${status}`);
    url = new URL(location, url);
  }
  throw new Error(`more than ${mostRedirects} redirects`);
}

async function readWhole(
  { body, headers }: Dispatcher.ResponseData,
  { maximumBytes }: DownloadRequest,
): Promise<{ content: Buffer; etag: string | undefined }> {
  if (Number(headers['content-length']) > maximumBytes) {
    body.destroy();
    throw new AnswerTooLarge(maximumBytes);
  }
  const content = await readBytesBounded(body as AsyncIterable<Uint8Array>, maximumBytes);
  return { content, etag: typeof headers.etag === 'string' ? headers.etag : undefined };
}

/** Only a source on this machine may lead to what listens here in plain text. */
function requireSafe(url: URL, { what, url: first, from = first }: DownloadRequest): void {
  if (url.protocol === 'https:') return;
  if (url.protocol === 'http:' && isLoopback(url) && isLoopback(from)) return;
  throw new MeshwrightError('CHART_REFUSED', `${what} leads to ${url.protocol}//${url.host}.`, {
    remedy: 'Only https is followed: ask who runs the repository.',
  });
}

function failureOf(error: unknown, request: DownloadRequest, lateMs: number | undefined): MeshwrightError {
  const { what, maximumBytes } = request;
  if (error instanceof MeshwrightError) return error;
  if (error instanceof AnswerTooLarge) {
    return new MeshwrightError('CHART_REFUSED', `${what} is larger than ${maximumBytes / 1024 ** 2} MiB.`, {
      remedy: 'Check the address of the chart source.',
    });
  }
  const reason =
    lateMs === undefined
      ? (connectionFailure(error).reason ?? messageOf(error))
      : `it took too long, and was left after ${lateMs / 1000} seconds`;
  return unavailable(`${what} did not come: ${reason}.`, { remedy: remedyFor(reason) }, error);
}

function openAgent({ connectMs }: Patience): Dispatcher {
  // As Helm does, the authorities of the system are trusted, where SSL_CERT_FILE and SSL_CERT_DIR count.
  const ca = [...getCACertificates('default'), ...getCACertificates('system')];
  // Said outright: NODE_TLS_REJECT_UNAUTHORIZED must not open this door.
  const tls = { timeout: connectMs, rejectUnauthorized: true, ca };
  return new EnvHttpProxyAgent({ allowH2: false, connect: tls, requestTls: tls, proxyTls: tls });
}
