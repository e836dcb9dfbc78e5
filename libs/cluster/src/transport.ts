import { createSecureContext } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { backoffMs, pause, readBounded } from '@meshwright/http';
import { isMeshwrightError } from '@meshwright/model';
import type { Metrics } from '@meshwright/telemetry';
import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import { type Access, type Credentials } from './access.ts';
import { isServerStatus, unreadableObject } from './api-errors.ts';
import { unreachable } from './connection-errors.ts';
import { AdaptiveLimit } from './concurrency.ts';

/** One request to the API server. All that Meshwright sends is safe to repeat. */
export interface ApiRequest {
  method: 'GET' | 'PATCH' | 'POST' | 'DELETE';
  /** With its query. */
  path: string;
  body?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** For one attempt; default 35 seconds, above the longest admission webhook. */
  timeoutMs?: number;
  /** Take the first answer as it is, also one of overload. */
  once?: boolean;
  /** The most bytes to read of the answer; default 128 MiB. */
  maxBytes?: number;
}

export interface ApiResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

const defaultTimeoutMs = 35_000;
const defaultMaxBytes = 128 * 1024 * 1024;
const mostConcurrentRequests = 32;
const connectTimeoutMs = 5_000;
/** How long answers of overload are waited out, in all. */
const patienceMs = 45_000;
/** How often a broken connection is tried again. */
const connectionRetries = 2;
/** How often an answer that did not come in time is asked for again: whether the work was done is not known. */
const timeoutRetries = 1;
/** How often a failure of the server is tried again. */
const failureRetries = 4;
/** The API server sends bookmarks about once a minute: a watch that is silent for longer is dead. */
const silenceMs = 90_000;

/**
 * The one way to a cluster as one identity: connections are kept alive and shared by all requests, overload is
 * waited out with back-off, and credentials are taken anew once when the server does not accept them.
 */
export class Transport {
  readonly access: Access;
  readonly limit = new AdaptiveLimit(mostConcurrentRequests);
  #agent: { dispatcher: Dispatcher; tls: Credentials['tls'] } | undefined;
  readonly #metrics: Pick<Metrics, 'requested'> | undefined;
  #closed = false;

  constructor(access: Access, metrics?: Pick<Metrics, 'requested'>) {
    this.access = access;
    this.#metrics = metrics;
  }

  /**
   * Sends a request and reads its answer, whatever its status, overload excepted.
   * @throws MeshwrightError CLUSTER_UNREACHABLE when no answer could be had; the signal's reason on abort.
   */
  async send(request: ApiRequest): Promise<ApiResponse> {
    const giveUpAt = Date.now() + patienceMs;
    let renewed = false;
    let broken = 0;
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.limit.run(() => this.#attempt(request), request.signal);
      if ('failure' in outcome) {
        broken += 1;
        if (broken > outcome.retries) throw outcome.failure;
        await pause(backoffMs(attempt), request.signal);
        continue;
      }
      const { response, credentials } = outcome;
      if (response.status === 401 && !renewed && !isPodsAnswer(request, response)) {
        renewed = true;
        await this.access.renew(credentials);
        continue;
      }
      const delay = request.once === true ? undefined : overloadDelayMs(response, attempt);
      if (delay === undefined) {
        this.limit.succeeded();
        return response;
      }
      if (response.status === 429) this.limit.overloaded();
      if (Date.now() + delay > giveUpAt) {
        throw unreachable(this.access, `it kept answering ${response.status} for ${patienceMs / 1000} s`);
      }
      await pause(delay, request.signal);
    }
  }

  /**
   * Opens a streaming answer, such as a watch. It counts against no limit and ends when the server is silent for
   * 90 seconds.
   */
  async stream(
    path: string,
    signal: AbortSignal,
  ): Promise<{ status: number; body: AsyncIterable<Uint8Array> }> {
    const first = await this.#open(path, signal);
    if (first.status !== 401) return first;
    await this.access.renew(first.credentials);
    return this.#open(path, signal);
  }

  async #open(
    path: string,
    signal: AbortSignal,
  ): Promise<{ status: number; body: AsyncIterable<Uint8Array>; credentials: Credentials }> {
    try {
      const credentials = await this.access.credentials();
      const { statusCode, body } = await this.#dispatcher(credentials).request({
        origin: this.access.server.origin,
        path: this.#path(path),
        method: 'GET',
        headers: { ...credentials.headers, accept: 'application/json' },
        headersTimeout: defaultTimeoutMs,
        bodyTimeout: silenceMs,
        signal,
      });
      return { status: statusCode, body: this.#guarded(body, signal), credentials };
    } catch (error) {
      signal.throwIfAborted();
      throw isMeshwrightError(error) ? error : unreachable(this.access, error);
    }
  }

  /** The bytes of a stream; a break in it is an error of ours, and so is an abort. */
  async *#guarded(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(this.access, error);
    }
  }

  /** Ends all connections; running requests fail. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#agent?.dispatcher.destroy();
    this.#agent = undefined;
  }

  async #attempt(request: ApiRequest): Promise<Attempt> {
    const startedAt = performance.now();
    const tell = (status?: number): void => {
      const seconds = (performance.now() - startedAt) / 1_000;
      const { method } = request;
      this.#metrics?.requested({
        cluster: this.access.name,
        method,
        seconds,
        ...(status === undefined ? {} : { status }),
      });
    };
    try {
      const credentials = await this.access.credentials();
      const response = await this.#exchange(request, credentials);
      tell(response.status);
      return { response, credentials };
    } catch (error) {
      request.signal?.throwIfAborted();
      tell();
      if (isMeshwrightError(error)) throw error;
      return { failure: unreachable(this.access, error), retries: retriesAfter(error, request) };
    }
  }

  async #exchange(request: ApiRequest, credentials: Credentials): Promise<ApiResponse> {
    const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
    const {
      statusCode,
      headers: answered,
      body,
    } = await this.#dispatcher(credentials).request({
      origin: this.access.server.origin,
      path: this.#path(request.path),
      method: request.method,
      headers: { accept: 'application/json', ...credentials.headers, ...request.headers },
      body: request.body ?? null,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: request.signal ?? null,
    });
    const text = await readBounded(body, request.maxBytes ?? defaultMaxBytes);
    return { status: statusCode, headers: answered, body: text };
  }

  #path(path: string): string {
    const prefix = this.access.server.pathname.replace(/\/$/, '');
    return prefix + path;
  }

  #dispatcher({ tls }: Credentials): Dispatcher {
    if (this.#closed) throw unreachable(this.access, 'the client was closed');
    if (this.#agent === undefined || !isDeepStrictEqual(this.#agent.tls, tls)) {
      // A rotated client certificate needs new connections; requests under way finish on the old ones.
      void this.#agent?.dispatcher.close();
      this.#agent = { dispatcher: openAgent(this.access, tls), tls };
    }
    return this.#agent.dispatcher;
  }
}

type Attempt = { response: ApiResponse; credentials: Credentials } | { failure: Error; retries: number };

function openAgent(access: Access, tls: Credentials['tls']): Dispatcher {
  // Certificates and keys are read once, not for each of the connections.
  const secured = access.server.protocol === 'https:' ? { secureContext: createSecureContext(tls) } : {};
  const connect = { timeout: connectTimeoutMs, ...tls, ...secured };
  const options = { allowH2: false, keepAliveTimeout: 60_000, connect };
  if (access.proxy === undefined) return new Agent(options);
  return new ProxyAgent({ ...options, uri: access.proxy, requestTls: connect });
}

/** The codes of a connection that ended: the server may well be there, and the request is safe to repeat. */
const brokenConnectionCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_CLOSED',
]);

const timeoutCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

function retriesAfter(error: unknown, request: ApiRequest): number {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (brokenConnectionCodes.has(code)) return connectionRetries;
  return timeoutCodes.has(code) && request.once !== true ? timeoutRetries : 0;
}

/** A pod behind the API server may refuse whom the server knows well. */
function isPodsAnswer(request: ApiRequest, response: ApiResponse): boolean {
  return request.once === true && !isServerStatus(response.body);
}

/**
 * How long to wait before asking again, or undefined when the answer is final. 429 and 503 say so themselves; 500 may
 * pass, as what etcd and unready webhooks cause, unless it is about an object that cannot be read.
 */
function overloadDelayMs(response: ApiResponse, attempt: number): number | undefined {
  const { status } = response;
  const retryAfter = Number(response.headers['retry-after']);
  if (status === 429 || status === 503 || status === 504) {
    const asked = Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter * 1000 : 0;
    return Math.min(asked, 20_000) + backoffMs(attempt);
  }
  const mayPass = status === 500 && attempt < failureRetries && !unreadableObject.test(response.body);
  return mayPass ? backoffMs(attempt + 1) : undefined;
}
