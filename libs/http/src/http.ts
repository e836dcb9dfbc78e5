import { MeshwrightError } from '@meshwright/model';
import type { HttpPort, HttpRequest, HttpResponse } from '@meshwright/plugin-sdk';
import type { Logger } from '@meshwright/telemetry';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { AnswerTooLarge } from './bounded.ts';
import { connectionFailure } from './connection-failure.ts';
import { addressOf, exchange, type ExchangeLimits } from './exchange.ts';
import { backoffMs, isRepeatable, pause, waitAfter } from './waiting.ts';

/** What requests are bounded by; times in milliseconds. */
export interface HttpLimits extends ExchangeLimits {
  connectMs: number;
  /** For one exchange, however steadily it drips. */
  attemptMs: number;
  /** For a request with everything it takes: exchanges and waits. */
  totalMs: number;
  /** The longest wait that a service may ask for; beyond it its answer is given as it is. */
  waitMs: number;
  attempts: number;
}

export interface HttpOptions {
  /** Hears of requests that are made again. */
  logger?: Pick<Logger, 'warn'>;
  limits?: Partial<HttpLimits>;
  /** Certificate authorities that are trusted instead of Node's own, as PEM. */
  ca?: string;
}

/** An HttpPort with its connections. */
export interface Http extends HttpPort {
  /** Ends all connections; running requests fail. */
  close(): Promise<void>;
}

const defaultLimits: HttpLimits = {
  bodyBytes: 8 * 1024 * 1024,
  connectMs: 5_000,
  silenceMs: 15_000,
  attemptMs: 30_000,
  totalMs: 90_000,
  waitMs: 30_000,
  attempts: 4,
};

/**
 * The way to forges and chats, with connections that are kept alive. `send` throws MeshwrightError SERVICE_UNREACHABLE
 * where no answer could be had, with no more of the address than its origin in it, and the signal's reason on abort.
 */
export function openHttp(options: HttpOptions = {}): Http {
  const limits = { ...defaultLimits, ...options.limits };
  const dispatcher = openAgent(limits, options.ca);
  return {
    send: (request) => sendPatiently({ dispatcher, limits, logger: options.logger }, request),
    close: () => dispatcher.destroy(),
  };
}

function openAgent({ connectMs }: HttpLimits, ca: string | undefined): Dispatcher {
  // Said outright: NODE_TLS_REJECT_UNAUTHORIZED must not open this door.
  const tls = { timeout: connectMs, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
  return new EnvHttpProxyAgent({
    allowH2: false,
    keepAliveTimeout: 30_000,
    connect: tls,
    requestTls: tls,
    proxyTls: tls,
  });
}

interface Sending {
  dispatcher: Dispatcher;
  limits: HttpLimits;
  logger: Pick<Logger, 'warn'> | undefined;
}

async function sendPatiently(sending: Sending, request: HttpRequest): Promise<HttpResponse> {
  const { limits, logger } = sending;
  const url = addressOf(request.url);
  const giveUpAt = performance.now() + limits.totalMs;
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await attemptOnce(sending, request, url, giveUpAt - performance.now());
    const wait = attempt + 1 < limits.attempts ? waitBeforeNext(request, outcome, attempt) : undefined;
    if (wait === undefined || wait > limits.waitMs || performance.now() + wait >= giveUpAt) {
      if ('failure' in outcome) throw outcome.failure;
      return outcome;
    }
    const told = 'failure' in outcome ? { reason: outcome.failure.message } : { status: outcome.status };
    logger?.warn({ origin: url.origin, method: request.method, ...told, wait }, 'request is made again');
    await pause(wait, request.signal);
  }
}

interface Lost {
  failure: MeshwrightError;
  mayPass: boolean;
}

function waitBeforeNext(
  request: HttpRequest,
  outcome: HttpResponse | Lost,
  attempt: number,
): number | undefined {
  if (!('failure' in outcome)) return waitAfter(request, outcome, attempt, Date.now());
  return outcome.mayPass && isRepeatable(request) ? backoffMs(attempt) : undefined;
}

async function attemptOnce(
  { dispatcher, limits }: Sending,
  request: HttpRequest,
  url: URL,
  leftMs: number,
): Promise<HttpResponse | Lost> {
  request.signal?.throwIfAborted();
  const timeLimit = AbortSignal.timeout(Math.max(1, Math.ceil(Math.min(limits.attemptMs, leftMs))));
  const signal = request.signal === undefined ? timeLimit : AbortSignal.any([request.signal, timeLimit]);
  try {
    return await exchange(dispatcher, request, url, { signal, limits });
  } catch (error) {
    request.signal?.throwIfAborted();
    return lostBy(error, url, timeLimit.aborted);
  }
}

/** Errors of connections are put into words of ours: what they say themselves may hold parts of the request. */
function lostBy(error: unknown, url: URL, late: boolean): Lost {
  const { reason, certificate } = connectionFailure(error);
  const tooLarge = error instanceof AnswerTooLarge;
  const said = late ? 'its answer took too long' : tooLarge ? error.message : (reason ?? wordsFor(error));
  const failure = new MeshwrightError(
    'SERVICE_UNREACHABLE',
    `The service at ${url.origin} gave no answer: ${said}.`,
    {
      where: url.origin,
      remedy: certificate
        ? 'Name the certificate authority of the service in NODE_EXTRA_CA_CERTS.'
        : 'Check that the service runs, that its address is right and that nothing between blocks it.',
    },
  );
  return { failure, mayPass: !certificate && !tooLarge };
}

function wordsFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return 'the client was closed';
  return /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? code : 'the exchange failed';
}
