import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type KubernetesObject } from '@meshwright/model';
import { type ClusterClient } from '../client.ts';
import { isJsonObject, objectAt, type JsonObject } from '../json.ts';
import { fakeApi, sendJson } from './fake-api.ts';

/** What goes wrong with one request: before the server has done the work, or after. */
export const Fault = {
  none: 'none',
  breaksBefore: 'breaks before',
  breaksAfter: 'breaks after',
  overloaded: 'overloaded',
  failsBefore: 'fails before',
  failsAfter: 'fails after',
} as const;
export type Fault = (typeof Fault)[keyof typeof Fault];

export interface MemoryApi {
  client: ClusterClient;
  /** What is stored, by namespace and name. */
  objects: Map<string, KubernetesObject>;
}

const mostInRow = 2;

/**
 * An API server that keeps ConfigMaps in memory, as far as applying and pruning need it, and fails as it is told, but
 * the same request at most twice in a row: so often at least a request is tried again.
 */
export async function memoryApi(faults: Iterator<Fault>): Promise<MemoryApi> {
  const store = new Store();
  const inRow = new Map<string, number>();
  const client = await fakeApi((request, response) => {
    const key = `${request.method ?? ''} ${request.url ?? ''}`;
    const count = inRow.get(key) ?? 0;
    const next = count === mostInRow ? undefined : faults.next();
    const fault = next?.done === false ? next.value : Fault.none;
    inRow.set(key, fault === Fault.none ? 0 : count + 1);
    void answer(store, fault, request, response);
  });
  return { client, objects: store.objects };
}

async function answer(
  store: Store,
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (fault === Fault.breaksBefore) request.socket.destroy();
  else if (fault === Fault.overloaded) sendJson(response, 429, { kind: 'Status' });
  else if (fault === Fault.failsBefore) sendJson(response, 500, { kind: 'Status' });
  else {
    const [status, body] = store.handle(request, text === '' ? {} : (JSON.parse(text) as JsonObject));
    if (fault === Fault.breaksAfter) request.socket.destroy();
    else if (fault === Fault.failsAfter) sendJson(response, 500, { kind: 'Status' });
    else sendJson(response, status, body);
  }
}

type Answer = [status: number, body: unknown];

class Store {
  readonly objects = new Map<string, KubernetesObject>();
  #version = 0;

  handle(request: IncomingMessage, body: JsonObject): Answer {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const [, namespace, name] =
      /^\/api\/v1(?:\/namespaces\/([^/]+))?\/configmaps(?:\/([^/]+))?$/.exec(pathname) ?? [];
    if (name === undefined && request.method === 'GET') return this.#list(namespace, searchParams);
    if (name === undefined) return this.#create(body as KubernetesObject);
    const key = `${namespace ?? ''}/${name}`;
    if (request.method === 'DELETE') return this.#delete(key, body);
    if (request.method === 'PATCH') {
      const isApply = request.headers['content-type'] === 'application/apply-patch+yaml';
      return isApply ? this.#apply(key, body) : this.#merge(key, body);
    }
    const found = this.objects.get(key);
    return found === undefined ? [404, missing(name)] : [200, found];
  }

  #list(namespace: string | undefined, searchParams: URLSearchParams): Answer {
    const [label, value] = (searchParams.get('labelSelector') ?? '').split('=');
    const items = [...this.objects.values()].filter(({ metadata }) => {
      const isThere = namespace === undefined || metadata.namespace === namespace;
      return isThere && (label === '' || label === undefined || metadata.labels?.[label] === value);
    });
    return [200, { metadata: { resourceVersion: String(this.#version) }, items }];
  }

  #create(object: KubernetesObject): Answer {
    const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    if (this.objects.has(key)) return [409, { kind: 'Status', reason: 'AlreadyExists' }];
    return [201, this.#store(key, object)];
  }

  #apply(key: string, body: JsonObject): Answer {
    const managedFields = [{ manager: 'meshwright', operation: 'Apply', fieldsV1: fieldsOf(body) }];
    const existed = this.objects.has(key);
    const object = body as KubernetesObject;
    return [
      existed ? 200 : 201,
      this.#store(key, { ...object, metadata: { ...object.metadata, managedFields } }),
    ];
  }

  #merge(key: string, patch: JsonObject): Answer {
    const found = this.objects.get(key);
    if (found === undefined) return [404, missing(key)];
    if (differs(objectAt(patch, 'metadata'), found)) return [409, { kind: 'Status', reason: 'Conflict' }];
    return [200, this.#store(key, mergeOver(found, patch) as KubernetesObject)];
  }

  #delete(key: string, body: JsonObject): Answer {
    const found = this.objects.get(key);
    if (found === undefined) return [404, missing(key)];
    if (differs(objectAt(body, 'preconditions'), found)) return [409, { kind: 'Status', reason: 'Conflict' }];
    this.objects.delete(key);
    return [200, { kind: 'Status' }];
  }

  #store(key: string, object: KubernetesObject): KubernetesObject {
    this.#version += 1;
    const uid = this.objects.get(key)?.metadata.uid ?? `uid-${this.#version}`;
    const stored = {
      ...object,
      metadata: { ...object.metadata, uid, resourceVersion: String(this.#version) },
    };
    this.objects.set(key, stored);
    return stored;
  }
}

function missing(name: string): object {
  return { kind: 'Status', reason: 'NotFound', details: { name } };
}

function differs({ uid, resourceVersion }: JsonObject, { metadata }: KubernetesObject): boolean {
  if (uid !== undefined && uid !== metadata.uid) return true;
  return resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion;
}

/** JSON merge patch (RFC 7386). */
function mergeOver(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const merged: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(merged, field);
    else merged[field] = mergeOver(merged[field], value);
  }
  return merged;
}

/** FieldsV1 of a value; lists count whole. */
function fieldsOf(value: unknown): JsonObject {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [`f:${field}`, fieldsOf(inner)]));
}
