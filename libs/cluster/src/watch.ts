import { setTimeout as sleep } from 'node:timers/promises';
import { isMeshwrightError, type KubernetesObject, type MeshwrightError } from '@meshwright/model';
import { refusalError } from './api-errors.ts';
import { headersOnly, type ClusterClient } from './client.ts';
import { numberAt } from './json.ts';
import { listPath, type ListQuery } from './paths.ts';

/** What an observer of a kind sees: everything first, then every change; everything again when changes were missed. */
export type Observation =
  | { type: 'snapshot'; objects: KubernetesObject[] }
  | { type: 'changed'; object: KubernetesObject }
  | { type: 'deleted'; object: KubernetesObject }
  /** The cluster does not answer at present; the observer keeps trying. */
  | { type: 'interrupted'; error: MeshwrightError }
  /** It answers again. */
  | { type: 'resumed' };

interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubernetesObject;
}

/** The server ends a watch after this long; it is then opened again where it ended. */
const watchSeconds = 240;
const shortestWatchMs = 1_000;
const longestLine = 64 * 1024 * 1024;

export interface ObserveOptions {
  /** Whether metadata is all that is read of the objects in a list; changes come whole. */
  headers?: boolean;
}

/**
 * Observes the objects of a query until the signal is aborted: one list, then a watch with bookmarks that is opened
 * again where it broke, and a new list when its place in history is gone (410). A kind that is not served has no
 * objects until it is.
 * @throws MeshwrightError CLUSTER_UNAUTHORIZED, API_REFUSED: what waiting cannot mend.
 */
export async function* observe(
  client: ClusterClient,
  query: Omit<ListQuery, 'signal'>,
  signal: AbortSignal,
  { headers = false }: ObserveOptions = {},
): AsyncGenerator<Observation> {
  const accept = headers ? headersOnly : undefined;
  let version: string | undefined;
  let failures = 0;
  while (!isAborted(signal)) {
    try {
      if (version === undefined) {
        const list = await client.listAll<KubernetesObject>({ ...query, signal }, accept);
        yield { type: 'snapshot', objects: list.items };
        version = list.resourceVersion;
        if (isAborted(signal)) return;
      }
      const events = await openWatch(client, query, version, signal);
      if (failures > 0) yield { type: 'resumed' };
      const openedAt = Date.now();
      for await (const event of events) {
        failures = 0;
        if (event.type === 'ERROR') throw watchError(client, event.object);
        version = event.object.metadata.resourceVersion ?? version;
        if (event.type === 'DELETED') yield { type: 'deleted', object: event.object };
        else if (event.type !== 'BOOKMARK') yield { type: 'changed', object: event.object };
      }
      // Something between that ends every watch at once must not be asked without pause.
      if (Date.now() - openedAt < shortestWatchMs) await pause(3, signal);
    } catch (error) {
      if (isAborted(signal)) return;
      if (!isMeshwrightError(error) || !canPass(error)) throw error;
      if (mustListAgain(error)) version = undefined;
      else yield { type: 'interrupted', error };
      await pause(failures, signal);
      failures += 1;
    }
  }
}

/** At once after the first failure, then up to 5 seconds; ends early on abort. */
async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const longest = failures === 0 ? 20 : Math.min(5_000, 100 * 2 ** failures);
  await sleep(Math.random() * longest, undefined, { signal }).catch(() => undefined);
}

/** Asked anew each time: the signal may be aborted during any await. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function canPass(error: MeshwrightError): boolean {
  return error.retryable || mustListAgain(error);
}

/** The place in history is gone (410), or the kind is: what was seen so far says nothing about now. */
function mustListAgain(error: MeshwrightError): boolean {
  return error.code === 'KIND_NOT_SERVED' || error.cause === expired;
}

const expired = Symbol('410 Gone');

async function openWatch(
  client: ClusterClient,
  query: Omit<ListQuery, 'signal'>,
  resourceVersion: string,
  signal: AbortSignal,
): Promise<AsyncIterable<WatchEvent>> {
  const resource = await client.resourceFor(query.apiVersion, query.kind);
  const path = listPath(resource, query, {
    watch: 'true',
    resourceVersion,
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(watchSeconds),
  });
  const { status, body } = await client.transport.stream(path, signal);
  if (status === 200) return eventsOf(body);
  throw refusalOf(client, status, await textOf(body));
}

async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<WatchEvent> {
  for await (const line of linesOf(body)) yield JSON.parse(line) as WatchEvent;
}

function watchError(client: ClusterClient, status: unknown): MeshwrightError {
  return refusalOf(client, numberAt(status, 'code') ?? 500, JSON.stringify(status));
}

function refusalOf(client: ClusterClient, code: number, body: string): MeshwrightError {
  const error = refusalError({ cluster: client.name, verb: 'watch' }, code, body);
  if (code === 410) error.cause = expired;
  return error;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8').slice(0, 10_000);
}

/** The lines of a stream of bytes; an unfinished last line is dropped: the stream broke in the middle of it. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      parts.push(rest.subarray(0, end));
      const line = Buffer.concat(parts).toString('utf8');
      parts = [];
      length = 0;
      rest = rest.subarray(end + 1);
      if (line !== '') yield line;
    }
    length += rest.length;
    if (length > longestLine) throw new Error('a watch event is larger than 64 MiB');
    if (rest.length > 0) parts.push(rest);
  }
}
