import {
  isMeshwrightError,
  MeshwrightError,
  referenceKey,
  referenceOf,
  type KubernetesObject,
  type ObjectReference,
} from '@meshwright/model';
import {
  ApplySet,
  applySetId,
  declarationAnnotations,
  inventoryNamespace,
  isApplied,
  readDeclaration,
  type Declaration,
} from './apply-set.ts';
import { type ClusterClient, type ObjectHeader } from './client.ts';
import { mapConcurrently } from './concurrency.ts';
import { groupKindOf, type Resource } from './discovery.ts';
import { inventoryManager } from './field-managers.ts';
import { createInOwnNamespace } from './own-namespace.ts';
import { hasHolds, readRecordData, recordData, type TargetRecord } from './record.ts';

/** A live object of an inventory. */
export interface InventoryMember {
  object: ObjectReference;
  uid: string;
  /** Its deletion has begun, and something holds it. */
  deleting: boolean;
  /** Its metadata, as it was read. */
  header: ObjectHeader;
}

/**
 * What a pattern owns on a cluster, kept on the cluster as an ApplySet (KEP-3659): members carry the set's label, and
 * the parent, a ConfigMap named like the pattern in `meshwright-system`, declares the kinds and namespaces to look in.
 * The declaration always covers what is live: it is written before objects are created and narrowed after they are gone.
 */
export interface Inventory {
  readonly pattern: string;
  /** The value of the members' label. */
  readonly id: string;
  /** Makes the inventory cover these objects too. Call before they are created; `applyObjects` does. */
  declare(objects: readonly KubernetesObject[]): Promise<void>;
  /** Whether the inventory covers these objects already. */
  covers(objects: readonly KubernetesObject[]): Promise<boolean>;
  /** All live objects of the pattern. */
  members(signal?: AbortSignal): Promise<InventoryMember[]>;
  /** The live objects of the pattern that are not among the desired ones. */
  prunable(desired: readonly KubernetesObject[], signal?: AbortSignal): Promise<InventoryMember[]>;
  /** Narrows the inventory to these objects and whatever else is still live; removes it when nothing is. Call after pruning. */
  shrink(objects: readonly KubernetesObject[]): Promise<void>;
  /**
   * Writes down what the target has, in place of what was written before. Where nothing is owned and nothing is held
   * there is nothing to keep: then the inventory goes, and the record with it.
   */
  record(record: TargetRecord): Promise<void>;
  /** What was written down last. @throws MeshwrightError INVALID_INPUT when it cannot be read. */
  readRecord(signal?: AbortSignal): Promise<TargetRecord | undefined>;
}

/** Whose inventory it is, and who keeps it. */
export interface InventoryOptions {
  pattern: string;
  /** Reads and writes the parent object in place of the client, which looks for members as somebody with fewer rights. */
  keeper?: ClusterClient;
}

/** The inventory of a pattern on a cluster; nothing is asked of the cluster yet. */
export function openInventory(client: ClusterClient, options: InventoryOptions): Inventory {
  return new PatternInventory(client, options);
}

const writeAttempts = 5;

/** Data of the parent object; null takes a key away. */
type Data = Record<string, string | null>;

/** The parent object as it was read. */
interface Seen {
  parent: ObjectHeader | undefined;
}

class PatternInventory implements Inventory {
  readonly pattern: string;
  readonly id: string;
  readonly #client: ClusterClient;
  readonly #keeper: ClusterClient;
  readonly #parent: ObjectReference;
  /** What `covers` found wanting, for the declaration after it: a write is refused when that is not so any more. */
  #seen: Seen | undefined;

  constructor(client: ClusterClient, { pattern, keeper = client }: InventoryOptions) {
    this.pattern = pattern;
    this.id = applySetId(pattern, inventoryNamespace);
    this.#client = client;
    this.#keeper = keeper;
    this.#parent = { apiVersion: 'v1', kind: 'ConfigMap', namespace: inventoryNamespace, name: pattern };
  }

  async declare(objects: readonly KubernetesObject[]): Promise<void> {
    const seen = this.#seen;
    this.#seen = undefined;
    await this.#change((declared) => union(declared, declarationOf(objects)), seen);
  }

  async covers(objects: readonly KubernetesObject[]): Promise<boolean> {
    const parent = await this.#keeper.getHeader(this.#parent);
    const declared = parent === undefined ? nothing : readDeclaration(parent);
    const covered =
      parent !== undefined && sameDeclaration(declared, union(declared, declarationOf(objects)));
    this.#seen = covered ? undefined : { parent };
    return covered;
  }

  async members(signal?: AbortSignal): Promise<InventoryMember[]> {
    const parent = await this.#keeper.getHeader(this.#parent, signal);
    if (parent === undefined) return [];
    const { groupKinds, namespaces } = readDeclaration(parent);
    const found = await mapConcurrently(groupKinds, 8, async (groupKind) => {
      const resource = await this.#resourceOf(groupKind);
      return resource === undefined ? [] : this.#membersOf(resource, namespaces, signal);
    });
    return found.flat().filter(isApplied).map(memberOf);
  }

  async prunable(desired: readonly KubernetesObject[], signal?: AbortSignal): Promise<InventoryMember[]> {
    return undesired(await this.members(signal), desired);
  }

  async shrink(objects: readonly KubernetesObject[]): Promise<void> {
    const members = await this.members();
    const kept = declarationOf([...objects, ...members.map(({ object }) => headerOf(object))]);
    await this.#change(() => kept);
  }

  async record(record: TargetRecord): Promise<void> {
    const data = recordData(record);
    await this.#write(undefined, async (parent) => {
      const declared = parent === undefined ? nothing : readDeclaration(parent);
      if (declared.groupKinds.size === 0 && !hasHolds({ data }))
        return parent === undefined || this.#remove(parent);
      return parent === undefined ? this.#create(nothing, data) : this.#patch(parent, { data });
    });
  }

  async readRecord(signal?: AbortSignal): Promise<TargetRecord | undefined> {
    const parent = await this.#keeper.get(this.#parent, signal);
    return parent && readRecordData(parent);
  }

  /** Reads, changes and writes the declaration. */
  async #change(change: (declared: Declaration) => Declaration, seen?: Seen): Promise<void> {
    await this.#write(seen, async (parent) => {
      const declared = parent === undefined ? nothing : readDeclaration(parent);
      const wanted = change(declared);
      if (sameDeclaration(declared, wanted)) return true;
      if (parent === undefined) return this.#create(wanted);
      if (wanted.groupKinds.size === 0 && !hasHolds(await this.#whole(parent))) return this.#remove(parent);
      return this.#patch(parent, { metadata: this.#metadata(wanted) });
    });
  }

  /** Reads the parent and writes it; again when somebody else wrote it in between, which the write says by false. */
  async #write(
    seen: Seen | undefined,
    write: (parent: ObjectHeader | undefined) => Promise<boolean>,
  ): Promise<void> {
    for (let attempt = 0; attempt < writeAttempts; attempt += 1) {
      const known = attempt === 0 ? seen : undefined;
      const { parent } = known ?? { parent: await this.#keeper.getHeader(this.#parent) };
      if (await write(parent)) return;
    }
    throw new MeshwrightError(
      'INTERNAL',
      `The inventory of "${this.pattern}" is being changed by somebody else.`,
      {
        where: `cluster ${this.#keeper.name}`,
        remedy: 'Check that only one Meshwright changes this cluster.',
      },
    );
  }

  /** The parent's data, as far as it is still the one that was read. */
  async #whole({ metadata }: ObjectHeader): Promise<object> {
    const parent = await this.#keeper.get(this.#parent);
    return parent !== undefined && parent.metadata.uid === metadata.uid ? parent : {};
  }

  async #remove({ metadata: { uid = '', resourceVersion } }: ObjectHeader): Promise<boolean> {
    return (await this.#keeper.delete(this.#parent, uid, resourceVersion)) !== 'conflict';
  }

  async #patch(parent: ObjectHeader, change: { metadata?: object; data?: object }): Promise<boolean> {
    const { uid, resourceVersion } = parent.metadata;
    const patch = { ...change, metadata: { ...change.metadata, uid, resourceVersion } };
    const written = await this.#keeper.mergePatch(this.#parent, patch, { fieldManager: inventoryManager });
    return typeof written === 'object';
  }

  async #create(declaration: Declaration, data: Data = {}): Promise<boolean> {
    return createInOwnNamespace(this.#keeper, this.#parentObject(declaration, data));
  }

  #parentObject(declaration: Declaration, data: Data): KubernetesObject {
    const metadata = { name: this.pattern, namespace: inventoryNamespace, ...this.#metadata(declaration) };
    const kept = Object.entries(data).filter(([, value]) => value !== null);
    const content = { pattern: this.pattern, ...Object.fromEntries(kept) };
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: content };
  }

  #metadata(declaration: Declaration): {
    labels: Record<string, string>;
    annotations: Record<string, string>;
  } {
    return {
      labels: { [ApplySet.id]: this.id, 'app.kubernetes.io/managed-by': 'meshwright' },
      annotations: declarationAnnotations(declaration),
    };
  }

  #resourceOf(groupKind: string): Promise<Resource | undefined> {
    return this.#client.discovery.find((served) => served.byGroupKind.get(groupKind)?.[0]);
  }

  /** One list over all namespaces; one for each declared namespace where the identity may not see all. */
  async #membersOf(
    resource: Resource,
    namespaces: ReadonlySet<string>,
    signal: AbortSignal | undefined,
  ): Promise<ObjectHeader[]> {
    const { apiVersion, kind, namespaced } = resource;
    const query = { apiVersion, kind, labelSelector: `${ApplySet.partOf}=${this.id}`, signal };
    try {
      return await this.#client.listHeaders(query);
    } catch (error) {
      if (!namespaced || !isMeshwrightError(error) || error.code !== 'CLUSTER_UNAUTHORIZED') throw error;
    }
    const found = await mapConcurrently(namespaces, 8, (namespace) =>
      this.#client.listHeaders({ ...query, namespace }),
    );
    return found.flat();
  }
}

/** The members that are not among the desired objects. */
export function undesired(
  members: readonly InventoryMember[],
  desired: readonly KubernetesObject[],
): InventoryMember[] {
  const wanted = new Set<string>();
  for (const object of desired) {
    wanted.add(referenceKey(referenceOf(object)));
    // Manifests may name a namespace also for kinds that have none.
    wanted.add(
      referenceKey({ apiVersion: object.apiVersion, kind: object.kind, name: object.metadata.name }),
    );
  }
  return members.filter(({ object }) => !wanted.has(referenceKey(object)));
}

const nothing: Declaration = { groupKinds: new Set(), namespaces: new Set() };

function declarationOf(objects: readonly ObjectHeader[]): Declaration {
  const namespaces = objects.map(({ metadata }) => metadata.namespace);
  return {
    groupKinds: new Set(objects.map(groupKindOf)),
    namespaces: new Set(namespaces.filter((namespace) => namespace !== undefined)),
  };
}

function union(a: Declaration, b: Declaration): Declaration {
  return {
    groupKinds: new Set([...a.groupKinds, ...b.groupKinds]),
    namespaces: new Set([...a.namespaces, ...b.namespaces]),
  };
}

function sameDeclaration(left: Declaration, right: Declaration): boolean {
  return sameSet(left.groupKinds, right.groupKinds) && sameSet(left.namespaces, right.namespaces);
}

function sameSet(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return left.size === right.size && [...left].every((element) => right.has(element));
}

function memberOf(header: ObjectHeader): InventoryMember {
  const { name, namespace, uid = '', deletionTimestamp } = header.metadata;
  const { apiVersion, kind } = header;
  return {
    object: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) },
    uid,
    deleting: deletionTimestamp !== undefined,
    header,
  };
}

function headerOf({ apiVersion, kind, ...metadata }: ObjectReference): ObjectHeader {
  return { apiVersion, kind, metadata };
}
