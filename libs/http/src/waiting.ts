import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpRequest, HttpResponse } from '@meshwright/plugin-sdk';

/** Full jitter: between nothing and 0.2, 0.4, 0.8 … at most 5 seconds, in milliseconds. */
export function backoffMs(attempt: number): number {
  return Math.random() * Math.min(5_000, 200 * 2 ** attempt);
}

/** Waits; @throws the signal's reason where that comes first. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** Whether a request has the same effect when it is made twice (RFC 9110, section 9.2.2). */
export function isRepeatable({ method }: Pick<HttpRequest, 'method'>): boolean {
  return method === 'GET' || method === 'PUT' || method === 'DELETE';
}

/**
 * How long to wait before a request is made again, in milliseconds; undefined where its answer is final. One that the service
 * has not taken, and says when to come again, is made again whatever it does; one that something on the way has lost only
 * where it is repeatable.
 */
export function waitAfter(
  request: Pick<HttpRequest, 'method'>,
  response: Pick<HttpResponse, 'status' | 'headers'>,
  attempt: number,
  now: number,
): number | undefined {
  const { status } = response;
  const asked = askedWait(response, now);
  if (asked !== undefined && wasNotTaken(response)) return asked + backoffMs(attempt);
  const mayPass = status === 429 || status === 502 || status === 503 || status === 504;
  return mayPass && isRepeatable(request) ? backoffMs(attempt) : undefined;
}

/** GitHub says 403 where others say 429: with Retry-After, or with a rate limit of which nothing is left. */
function wasNotTaken({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>): boolean {
  if (status === 429) return true;
  if (status === 503) return headers['retry-after'] !== undefined;
  const limited = headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0';
  return status === 403 && limited;
}

/** Moments and not lengths of time: no service asks for a wait of thirty years. */
const leastEpochSeconds = 1_000_000_000;

/**
 * What the service asks for: Retry-After in seconds or as a date (RFC 9110, section 10.2.3), or when its rate limit begins
 * anew, which GitHub and GitLab tell as a moment and others as seconds.
 */
function askedWait({ headers }: Pick<HttpResponse, 'headers'>, now: number): number | undefined {
  const after = headers['retry-after'];
  if (after !== undefined) return secondsWait(after, now) ?? dateWait(after, now);
  const reset = headers['x-ratelimit-reset'] ?? headers['ratelimit-reset'];
  return reset === undefined ? undefined : secondsWait(reset, now);
}

function secondsWait(text: string, now: number): number | undefined {
  if (!/^\d{1,12}$/.test(text.trim())) return undefined;
  const seconds = Number(text);
  return seconds < leastEpochSeconds ? seconds * 1_000 : Math.max(0, seconds * 1_000 - now);
}

function dateWait(text: string, now: number): number | undefined {
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - now);
}
