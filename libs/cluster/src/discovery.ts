import { groupOf, MeshwrightError } from '@meshwright/model';
import { kindNotServed, refusalError } from './api-errors.ts';
import { objectsAt, textAt, valueAt } from './json.ts';
import { type ApiResponse, type Transport } from './transport.ts';

/** How the API server serves a kind. */
export interface Resource {
  apiVersion: string;
  group: string;
  version: string;
  kind: string;
  /** The name in paths and roles, such as `deployments`. */
  plural: string;
  namespaced: boolean;
  verbs: string[];
}

/** What a server serves, by `apiVersion/Kind`, and the versions of each `group/Kind`, the preferred one first. */
export interface ServedKinds {
  byVersion: Map<string, Resource>;
  byGroupKind: Map<string, Resource[]>;
}

/** Aggregated discovery (KEP-3352): all kinds in two answers. Served since Kubernetes 1.26. */
const discoveryTypes = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

/** A kind that is missing is looked for again, but not more often than this. */
const missIntervalMs = 1_000;

/** The kinds a cluster serves; asked for once, and again when one is missing or a definition was applied. */
export class Discovery {
  readonly #transport: Transport;
  readonly #answers = new Map<string, { etag: string; groups: unknown[] }>();
  #kinds: { served: Promise<ServedKinds>; at: number } | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @throws MeshwrightError KIND_NOT_SERVED */
  async resourceFor(apiVersion: string, kind: string): Promise<Resource> {
    const resource = await this.find((served) => served.byVersion.get(`${apiVersion}/${kind}`));
    if (resource === undefined) throw kindNotServed(this.#transport.access.name, apiVersion, kind);
    return resource;
  }

  /** What the lookup gives; asked of the server anew when it gives nothing. */
  async find<T>(lookup: (served: ServedKinds) => T | undefined): Promise<T | undefined> {
    const found = lookup(await this.served());
    if (found !== undefined || Date.now() - (this.#kinds?.at ?? 0) < missIntervalMs) return found;
    this.invalidate();
    return lookup(await this.served());
  }

  async served(): Promise<ServedKinds> {
    const kinds = this.#kinds ?? { served: this.#read(), at: Date.now() };
    this.#kinds = kinds;
    try {
      return await kinds.served;
    } catch (error) {
      if (this.#kinds === kinds) this.#kinds = undefined;
      throw error;
    }
  }

  invalidate(): void {
    this.#kinds = undefined;
  }

  async #read(): Promise<ServedKinds> {
    const [core, groups] = await Promise.all([this.#groupsAt('/api'), this.#groupsAt('/apis')]);
    return servedKinds([...core, ...groups]);
  }

  async #groupsAt(path: string): Promise<unknown[]> {
    const known = this.#answers.get(path);
    const response = await this.#transport.send({
      method: 'GET',
      path,
      headers: { accept: discoveryTypes, ...(known === undefined ? {} : { 'if-none-match': known.etag }) },
    });
    if (response.status === 304 && known !== undefined) return known.groups;
    const groups = this.#parse(response);
    const etag = response.headers.etag;
    if (typeof etag === 'string') this.#answers.set(path, { etag, groups });
    return groups;
  }

  #parse(response: ApiResponse): unknown[] {
    const { name: cluster } = this.#transport.access;
    if (response.status !== 200) {
      throw refusalError({ cluster, verb: 'discover' }, response.status, response.body);
    }
    const answer: unknown = JSON.parse(response.body);
    if (textAt(answer, 'kind') === 'APIGroupDiscoveryList') return objectsAt(answer, 'items');
    throw new MeshwrightError(
      'UNSUPPORTED',
      `The cluster "${cluster}" does not answer aggregated discovery.`,
      {
        where: `cluster ${cluster}`,
        remedy: 'Use Kubernetes 1.27 or newer, with the feature AggregatedDiscoveryEndpoint on.',
      },
    );
  }
}

/** Reads the items of `APIGroupDiscoveryList` answers; the versions of a group come in the server's preference. */
export function servedKinds(groups: readonly unknown[]): ServedKinds {
  const served: ServedKinds = { byVersion: new Map(), byGroupKind: new Map() };
  for (const group of groups) {
    const name = textAt(group, 'metadata', 'name') ?? '';
    for (const version of objectsAt(group, 'versions')) {
      for (const item of objectsAt(version, 'resources')) {
        add(served, readResource(name, textAt(version, 'version') ?? '', item));
      }
    }
  }
  return served;
}

/** A resource that only has subresources (such as `bindings` of some groups) names no kind of its own. */
function readResource(group: string, version: string, item: unknown): Resource | undefined {
  const kind = textAt(item, 'responseKind', 'kind');
  const plural = textAt(item, 'resource');
  if (kind === undefined || kind === '' || plural === undefined) return undefined;
  const verbs = valueAt(item, 'verbs');
  return {
    apiVersion: group === '' ? version : `${group}/${version}`,
    group,
    version,
    kind,
    plural,
    namespaced: textAt(item, 'scope') === 'Namespaced',
    verbs: Array.isArray(verbs) ? verbs.filter((verb) => typeof verb === 'string') : [],
  };
}

function add(served: ServedKinds, resource: Resource | undefined): void {
  if (resource === undefined) return;
  const key = `${resource.apiVersion}/${resource.kind}`;
  if (!served.byVersion.has(key)) served.byVersion.set(key, resource);
  const groupKind = groupKindKey(resource.group, resource.kind);
  const versions = served.byGroupKind.get(groupKind);
  if (versions === undefined) served.byGroupKind.set(groupKind, [resource]);
  else versions.push(resource);
}

/** `Kind.group`, and only `Kind` for the core group, as the ApplySet convention writes it. */
export function groupKindKey(group: string, kind: string): string {
  return group === '' ? kind : `${kind}.${group}`;
}

/** The group and kind of an object, as {@link groupKindKey}. */
export function groupKindOf(object: { apiVersion: string; kind: string }): string {
  return groupKindKey(groupOf(object.apiVersion), object.kind);
}
