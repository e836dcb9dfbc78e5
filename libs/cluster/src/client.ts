import { AnswerTooLarge } from '@meshwright/http';
import {
  formatReference,
  MeshwrightError,
  referenceOf,
  type KubernetesObject,
  type ObjectMetadata,
  type ObjectReference,
} from '@meshwright/model';
import { Access, type ConnectOptions } from './access.ts';
import { isServerStatus, kindNotServed, podRefusal, refusalError, type Asked } from './api-errors.ts';
import { unreachable } from './connection-errors.ts';
import { Discovery, type Resource } from './discovery.ts';
import { fieldManager } from './field-managers.ts';
import { isJsonObject, textAt } from './json.ts';
import { collectionPath, listPath, segment, type ListQuery } from './paths.ts';
import { Transport, type ApiRequest, type ApiResponse } from './transport.ts';

/** One page of a list. */
export interface ListPage<Item> {
  items: Item[];
  /** The version to watch from; of the first page, for all pages. */
  resourceVersion: string;
  continue?: string;
  /** How many are beyond this page, where the server says so. */
  remaining?: number;
}

/** An object as far as its metadata tells. */
export interface ObjectHeader {
  apiVersion: string;
  kind: string;
  metadata: ObjectMetadata;
}

/** HTTP GET to a port of a pod. */
export interface PodRequest {
  namespace: string;
  pod: string;
  port: number;
  /** With its leading slash. */
  path: string;
  /** How long the answer may take to begin; 35 s unless told. */
  timeoutSeconds?: number;
}

export interface ApplyRequest {
  fieldManager?: string;
  /** Take fields over from other managers. */
  force?: boolean;
  dryRun?: boolean;
  signal?: AbortSignal | undefined;
}

/** What an apply left on the server. */
export interface Applied<Live extends ObjectHeader = ObjectHeader> {
  object: Live;
  created: boolean;
}

/** Pages but the first cost the server much more than the first, which its cache answers. */
export const pageSize = 1_000;
/** 100,000 objects: beyond that a list is not something a person meant. */
const mostPages = 100;
const mostPodBytes = 32 * 1024 * 1024;

/**
 * A connection to one cluster as one identity. Nothing is asked of the server before the first call; close it when
 * done. Every method may throw CLUSTER_UNREACHABLE and CLUSTER_UNAUTHORIZED, and takes no more than the identity's rights.
 */
export class ClusterClient {
  readonly name: string;
  /** The address of the API server. */
  readonly address: string;
  readonly discovery: Discovery;
  readonly transport: Transport;

  constructor(transport: Transport) {
    this.name = transport.access.name;
    this.address = transport.access.server.origin;
    this.transport = transport;
    this.discovery = new Discovery(transport);
  }

  /** The server's version, such as `v1.36.3`. */
  async version(): Promise<string> {
    const answer = await this.#ask({ method: 'GET', path: '/version' }, { verb: 'get' });
    return textAt(JSON.parse(answer.body), 'gitVersion') ?? 'unknown';
  }

  /** Whether the server serves this kind now. */
  async serves(apiVersion: string, kind: string): Promise<boolean> {
    const found = await this.discovery.find((served) => served.byVersion.get(`${apiVersion}/${kind}`));
    return found !== undefined;
  }

  /** How the server serves a kind. @throws MeshwrightError KIND_NOT_SERVED */
  resourceFor(apiVersion: string, kind: string): Promise<Resource> {
    return this.discovery.resourceFor(apiVersion, kind);
  }

  /** The object, or undefined when it, its namespace or its kind does not exist. */
  get(reference: ObjectReference, signal?: AbortSignal): Promise<KubernetesObject | undefined> {
    return this.#get(reference, 'application/json', signal);
  }

  /** Like {@link get}, without the object's content. */
  async getHeader(reference: ObjectReference, signal?: AbortSignal): Promise<ObjectHeader | undefined> {
    const header = await this.#get(reference, headerOnly, signal);
    return header && { ...header, apiVersion: reference.apiVersion, kind: reference.kind };
  }

  /** All objects of a kind; empty when the kind is not served. @throws MeshwrightError INVALID_INPUT beyond 100,000. */
  async list(query: ListQuery): Promise<KubernetesObject[]> {
    return (await this.listAll<KubernetesObject>(query)).items;
  }

  /** Like {@link list}, without the objects' content. */
  async listHeaders(query: ListQuery): Promise<ObjectHeader[]> {
    return (await this.listAll<ObjectHeader>(query, headersOnly)).items;
  }

  /** All pages of a list with the version to watch from. */
  async listAll<Item extends ObjectHeader>(query: ListQuery, accept?: string): Promise<ListPage<Item>> {
    if (!(await this.serves(query.apiVersion, query.kind))) return { items: [], resourceVersion: '' };
    for (let attempt = 0; ; attempt += 1) {
      const all = await this.#pages<Item>(query, accept);
      if (all === 'not served') return { items: [], resourceVersion: '' };
      if (all !== 'expired') return all;
      if (attempt === 2)
        throw unreachable(this.transport.access, `a list of ${query.kind} expired again and again`);
    }
  }

  /**
   * One page, at most 1,000 objects. Gives `expired` when the token to continue is too old, and
   * `not served` when the kind was taken away since it was discovered.
   */
  async listPage<Item extends ObjectHeader>(
    query: ListQuery,
    options: { continue?: string | undefined; accept?: string | undefined; limit?: number } = {},
  ): Promise<ListPage<Item> | 'expired' | 'not served'> {
    const resource = await this.resourceFor(query.apiVersion, query.kind);
    const parameters = { limit: String(options.limit ?? pageSize), continue: options.continue };
    const response = await this.transport.send({
      method: 'GET',
      path: listPath(resource, query, parameters),
      headers: { accept: options.accept ?? 'application/json' },
      signal: query.signal,
    });
    if (response.status === 410 && options.continue !== undefined) return 'expired';
    if (isUnknownPath(response)) {
      this.discovery.invalidate();
      return 'not served';
    }
    const asked = askedOf('list', resource, query.namespace);
    return readPage<Item>(this.#accepted(response, asked).body, resource);
  }

  async #pages<Item extends ObjectHeader>(
    query: ListQuery,
    accept?: string,
  ): Promise<ListPage<Item> | 'expired' | 'not served'> {
    const items: Item[] = [];
    let next: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const read: ListPage<Item> | 'expired' | 'not served' = await this.listPage<Item>(query, {
        continue: next,
        accept,
      });
      if (typeof read === 'string') return read;
      for (const item of read.items) items.push(item);
      next = read.continue;
      if (next === undefined) return { items, resourceVersion: read.resourceVersion };
    }
    throw new MeshwrightError(
      'INVALID_INPUT',
      `The cluster "${this.name}" has more than ${pageSize * mostPages} objects of ${query.kind}.`,
      { remedy: 'Narrow the list by namespace or label.' },
    );
  }

  /**
   * HTTP GET to a port of a pod through the API server; gives the body, whatever it is, of an answer 200.
   * @throws MeshwrightError API_REFUSED for another answer of the pod, or one above 32 MiB.
   */
  async getFromPod(request: PodRequest, signal?: AbortSignal): Promise<string> {
    const { namespace, pod, port, path, timeoutSeconds } = request;
    const object = { apiVersion: 'v1', kind: 'Pod', namespace, name: pod };
    const proxy = `/api/v1/namespaces/${segment(namespace)}/pods/${segment(pod)}:${port}/proxy`;
    const asked = { verb: 'get', object, resource: { group: '', plural: 'pods/proxy', namespace } };
    const sent = { method: 'GET', path: proxy + path, headers: { accept: '*/*' }, once: true } as const;
    const response = await this.transport
      .send({
        ...sent,
        maxBytes: mostPodBytes,
        signal,
        ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1_000 }),
      })
      .catch((error: unknown) => {
        if (!(error instanceof MeshwrightError && error.cause instanceof AnswerTooLarge)) throw error;
        throw new MeshwrightError('API_REFUSED', `The answer of ${formatReference(object)} is above 32 MiB.`);
      });
    if (response.status < 300) return response.body;
    if (isServerStatus(response.body)) return this.#accepted(response, asked).body;
    throw podRefusal(this.name, object, response.status, response.body);
  }

  /**
   * Server-side apply of one object as it is; gives its metadata, which is all that most callers need. As a dry run
   * nothing is written.
   */
  apply(object: KubernetesObject, request: ApplyRequest = {}): Promise<Applied> {
    return this.#apply(object, request, headerOnly);
  }

  /** What a server-side apply would leave on the server; nothing is written. */
  dryRunApply(
    object: KubernetesObject,
    request: Omit<ApplyRequest, 'dryRun'> = {},
  ): Promise<Applied<KubernetesObject>> {
    return this.#apply(object, { ...request, dryRun: true }, 'application/json');
  }

  /** Creates the object. Gives undefined when one of that name exists. */
  async create(
    object: KubernetesObject,
    options: { fieldManager: string; signal?: AbortSignal | undefined },
  ): Promise<KubernetesObject | undefined> {
    const resource = await this.resourceFor(object.apiVersion, object.kind);
    const { namespace } = object.metadata;
    const response = await this.transport.send({
      method: 'POST',
      path: `${collectionPath(resource, namespace)}?${new URLSearchParams({ fieldManager: options.fieldManager }).toString()}`,
      body: JSON.stringify(object),
      headers: { 'content-type': 'application/json' },
      signal: options.signal,
    });
    if (response.status === 409) return undefined;
    const asked = { ...askedOf('create', resource, namespace), object: referenceOf(object) };
    return this.#object(this.#accepted(response, asked));
  }

  /**
   * A JSON merge patch (RFC 7386). Gives `missing` when there is no such object, and `conflict` when the patch names
   * a uid or resourceVersion that the object no longer has.
   */
  async mergePatch(
    reference: ObjectReference,
    patch: unknown,
    options: { fieldManager: string; signal?: AbortSignal | undefined },
  ): Promise<KubernetesObject | 'missing' | 'conflict'> {
    const { path, asked } = await this.#locate(reference, 'patch');
    const response = await this.transport.send({
      method: 'PATCH',
      path: `${path}?${new URLSearchParams({ fieldManager: options.fieldManager }).toString()}`,
      body: JSON.stringify(patch),
      headers: { 'content-type': 'application/merge-patch+json' },
      signal: options.signal,
    });
    if (response.status === 404) return 'missing';
    return response.status === 409 ? 'conflict' : this.#object(this.#accepted(response, asked));
  }

  /**
   * Deletes the object with this uid, and with this resourceVersion where one is given, its dependants in the
   * background. Gives `gone` when there is no such object now, `conflict` when another has its name or it was changed.
   */
  async delete(
    reference: ObjectReference,
    uid: string,
    resourceVersion?: string,
  ): Promise<'gone' | 'deleting' | 'conflict'> {
    const { path, asked } = await this.#locate(reference, 'delete');
    const preconditions = { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
    const response = await this.transport.send({
      method: 'DELETE',
      path,
      body: JSON.stringify({ preconditions, propagationPolicy: 'Background' }),
      headers: { 'content-type': 'application/json' },
    });
    if (response.status === 404) return 'gone';
    if (response.status === 409) return 'conflict';
    this.#accepted(response, asked);
    return 'deleting';
  }

  /** Ends all connections. */
  close(): Promise<void> {
    return this.transport.close();
  }

  async #apply(
    object: KubernetesObject,
    request: ApplyRequest,
    accept: string,
  ): Promise<Applied<KubernetesObject>> {
    const { path, asked } = await this.#locate(referenceOf(object), 'patch');
    const manager = encodeURIComponent(request.fieldManager ?? fieldManager);
    const options = `${request.force === true ? '&force=true' : ''}${request.dryRun === true ? '&dryRun=All' : ''}`;
    const response = await this.#ask(
      {
        method: 'PATCH',
        path: `${path}?fieldManager=${manager}&fieldValidation=Strict${options}`,
        body: JSON.stringify(object),
        headers: { 'content-type': 'application/apply-patch+yaml', accept },
        signal: request.signal,
      },
      asked,
    );
    return { object: this.#object(response), created: response.status === 201 };
  }

  async #get(
    reference: ObjectReference,
    accept: string,
    signal?: AbortSignal,
  ): Promise<KubernetesObject | undefined> {
    if (!(await this.serves(reference.apiVersion, reference.kind))) return undefined;
    const { path, asked } = await this.#locate(reference, 'get');
    const response = await this.transport.send({ method: 'GET', path, headers: { accept }, signal });
    if (response.status === 404) return undefined;
    return this.#object(this.#accepted(response, asked));
  }

  async #locate(
    reference: ObjectReference,
    verb: string,
  ): Promise<{ path: string; asked: Omit<Asked, 'cluster'> }> {
    const resource = await this.resourceFor(reference.apiVersion, reference.kind);
    const asked = { ...askedOf(verb, resource, reference.namespace), object: reference };
    return { path: `${collectionPath(resource, reference.namespace)}/${segment(reference.name)}`, asked };
  }

  async #ask(request: ApiRequest, asked: Omit<Asked, 'cluster'>): Promise<ApiResponse> {
    return this.#accepted(await this.transport.send(request), asked);
  }

  /** Passes an answer on when it is a success. */
  #accepted(response: ApiResponse, asked: Omit<Asked, 'cluster'>): ApiResponse {
    if (response.status < 300) return response;
    if (isUnknownPath(response) && asked.object !== undefined) {
      this.discovery.invalidate();
      throw kindNotServed(this.name, asked.object.apiVersion, asked.object.kind);
    }
    throw refusalError({ cluster: this.name, ...asked }, response.status, response.body);
  }

  #object(response: ApiResponse): KubernetesObject {
    return JSON.parse(response.body) as KubernetesObject;
  }
}

/** Opens a connection; the server is not asked before the first use. @throws MeshwrightError INVALID_CONFIGURATION */
export function connectCluster(options: ConnectOptions): ClusterClient {
  return new ClusterClient(new Transport(new Access(options), options.metrics));
}

/** Servers that cannot transform (some aggregated ones) answer with the whole object. */
const headerOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
/** The media type of a list's metadata only. */
export const headersOnly =
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

function askedOf(verb: string, resource: Resource, namespace: string | undefined): Omit<Asked, 'cluster'> {
  const { group, plural } = resource;
  return { verb, resource: { group, plural, ...(namespace === undefined ? {} : { namespace }) } };
}

function readPage<Item extends ObjectHeader>(body: string, resource: Resource): ListPage<Item> {
  const list = JSON.parse(body) as {
    metadata?: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
    items?: Item[] | null;
  };
  const items = list.items ?? [];
  for (const item of items) {
    item.apiVersion = resource.apiVersion;
    item.kind = resource.kind;
  }
  const { resourceVersion = '', continue: next = '', remainingItemCount } = list.metadata ?? {};
  return {
    items,
    resourceVersion,
    ...(next === '' ? {} : { continue: next }),
    ...(remainingItemCount === undefined ? {} : { remaining: remainingItemCount }),
  };
}

/** The server knows no such path: the kind is not served (any more). A missing object has `details.name`. */
function isUnknownPath(response: ApiResponse): boolean {
  if (response.status !== 404) return false;
  if (!response.body.startsWith('{')) return true;
  const status: unknown = JSON.parse(response.body);
  return (
    isJsonObject(status) && textAt(status, 'message') === 'the server could not find the requested resource'
  );
}
