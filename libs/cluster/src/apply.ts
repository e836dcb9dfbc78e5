import { setTimeout as sleep } from 'node:timers/promises';
import {
  Change,
  formatReference,
  groupOf,
  isMeshwrightError,
  MeshwrightError,
  messageOf,
  type ErrorCode,
  type KubernetesObject,
  type ObjectReference,
} from '@meshwright/model';
import { setOf } from './apply-set.ts';
import { type ClusterClient, type ObjectHeader } from './client.ts';
import { mapConcurrently } from './concurrency.ts';
import { FieldConflictError } from './conflict-error.ts';
import { withConflictingValues } from './conflicts.ts';
import { definedScopes, prepareObjects, type DesiredObject } from './desired.ts';
import { awaitGone, holderOf } from './deletion.ts';
import { awaitDefinitions } from './definitions.ts';
import { type Inventory } from './inventory.ts';
import { bounded } from './lines.ts';
import { readLive } from './live.ts';
import { isAsApplied } from './ownership.ts';
import { inWaves, isDefinition } from './waves.ts';

export interface ApplyOptions {
  /** What the objects belong to; declared before the first one is created. Without it objects carry no set's label. */
  inventory?: Inventory;
  /** How many objects of a wave are applied at once; default 32. */
  concurrency?: number;
  /** Take fields over from other managers; default false. Objects of other sets are never taken. */
  force?: boolean;
  /** Leave objects alone that are live as they were applied; default true. */
  skipUnchanged?: boolean;
  /** Stops before the next object; what was sent is finished. */
  signal?: AbortSignal;
  onProgress?: (progress: ApplyProgress) => void;
}

/** One object has been dealt with. */
export interface ApplyProgress {
  done: number;
  total: number;
  outcome: ObjectOutcome;
}

/** What happened to one object. */
export interface ObjectOutcome {
  object: ObjectReference;
  change: typeof Change.create | typeof Change.update | typeof Change.unchanged;
}

/** What an apply did; every object is there. */
export interface ApplyResult {
  outcomes: ObjectOutcome[];
  created: number;
  updated: number;
  unchanged: number;
}

const defaultConcurrency = 32;
/** How long an object of before may take to be gone. */
const deletionMs = 30_000;

/**
 * Applies objects by server-side apply, wave after wave ({@link inWaves}), the objects of a wave at once. Objects that
 * are live as they were last applied cost no request of their own. Safe to repeat.
 *
 * A refused object does not stop the others of its wave, but the waves after it; the error then names every refused
 * object and says how far it came.
 * @throws MeshwrightError the code of the first refused object; FOREIGN_OBJECT and INVALID_INPUT before anything is
 *   touched. The signal's reason on abort.
 */
export async function applyObjects(
  client: ClusterClient,
  objects: readonly KubernetesObject[],
  options: ApplyOptions = {},
): Promise<ApplyResult> {
  const desired = await prepareObjects(client, objects, options.inventory?.id);
  const run = new ApplyRun(client, desired, options);
  const { inventory } = options;
  const wanted = desired.map(({ object }) => object);
  // Both are reads: an apply that changes nothing waits for one round trip.
  const [covered] = await Promise.all([inventory?.covers(wanted), run.readLive(desired)]);
  if (covered === false) await inventory?.declare(wanted);
  for (const wave of inWaves(desired, (each) => each.wave)) await run.applyWave(wave);
  return run.result();
}

/** Contents that were applied, by object: the same content on the same version needs no second look. */
const appliedVersions = new WeakMap<ClusterClient, Map<string, string>>();

class ApplyRun {
  readonly #client: ClusterClient;
  readonly #options: ApplyOptions;
  readonly #total: number;
  readonly #outcomes: ObjectOutcome[] = [];
  readonly #live = new Map<string, ObjectHeader>();
  /** Objects whose kind was not served when the run began. */
  readonly #unread = new Set<string>();
  readonly #changedKinds = new Set<string>();
  readonly #versions: Map<string, string>;

  constructor(client: ClusterClient, desired: readonly DesiredObject[], options: ApplyOptions) {
    this.#client = client;
    this.#options = options;
    this.#total = desired.length;
    const versions = appliedVersions.get(client) ?? new Map<string, string>();
    appliedVersions.set(client, versions);
    this.#versions = versions;
  }

  /** Reads what is live, and refuses what belongs to others. */
  async readLive(desired: readonly DesiredObject[]): Promise<void> {
    const { signal, concurrency = defaultConcurrency, inventory } = this.#options;
    const live = await readLive(this.#client, desired, { concurrency, signal });
    refuseForeign(this.#client, live, inventory);
    const { byVersion } = await this.#client.discovery.served();
    for (const { key, reference } of desired) {
      const header = live.get(key);
      if (header !== undefined) this.#live.set(key, header);
      if (byVersion.has(`${reference.apiVersion}/${reference.kind}`)) this.#unread.delete(key);
      else this.#unread.add(key);
    }
  }

  async applyWave(wave: readonly DesiredObject[]): Promise<void> {
    const unread = wave.filter(({ key }) => this.#unread.has(key));
    if (unread.length > 0) await this.readLive(unread);
    const { concurrency = defaultConcurrency, signal } = this.#options;
    const failures: ObjectFailure[] = [];
    await mapConcurrently(wave, concurrency, async (desired) => {
      if (signal?.aborted === true || failures.some(({ error }) => isHopeless(this.#client, error))) return;
      try {
        this.#record(desired, await this.#applyOne(desired));
      } catch (error) {
        const told = await withConflictingValues(this.#client, desired, error, signal);
        failures.push({ object: desired.reference, error: told });
      }
    });
    if (failures.length > 0) throw this.#failure(failures);
    signal?.throwIfAborted();
    await this.#afterDefinitions(wave);
  }

  result(): ApplyResult {
    const count = (change: Change): number =>
      this.#outcomes.filter((outcome) => outcome.change === change).length;
    return {
      outcomes: this.#outcomes,
      created: count(Change.create),
      updated: count(Change.update),
      unchanged: count(Change.unchanged),
    };
  }

  async #applyOne(desired: DesiredObject): Promise<ObjectOutcome['change']> {
    const live = this.#live.get(desired.key);
    if (this.#options.skipUnchanged !== false && live !== undefined && this.#isUnchanged(desired, live)) {
      return Change.unchanged;
    }
    if (live?.metadata.deletionTimestamp !== undefined) await this.#awaitDeletion(desired, live);
    const { object, created } = await this.#send(desired);
    const { resourceVersion = '' } = object.metadata;
    this.#versions.set(desired.key, versionOf(desired, object));
    if (created) return Change.create;
    return resourceVersion === live?.metadata.resourceVersion ? Change.unchanged : Change.update;
  }

  #isUnchanged(desired: DesiredObject, live: ObjectHeader): boolean {
    return this.#versions.get(desired.key) === versionOf(desired, live) || isAsApplied(desired, live);
  }

  /** What is applied to an object that is being deleted goes with it. */
  async #awaitDeletion(
    { reference }: DesiredObject,
    { metadata: { uid = '' } }: ObjectHeader,
  ): Promise<void> {
    const { signal } = this.#options;
    const left = await awaitGone(this.#client, reference, { uid, timeoutMs: deletionMs, signal });
    if (left === undefined) return;
    throw new MeshwrightError(
      'API_REFUSED',
      `${formatReference(reference)} on the cluster "${this.#client.name}" is being deleted: ${holderOf(left)}.`,
      { where: `cluster ${this.#client.name}`, remedy: 'Let the deletion finish, then apply again.' },
    );
  }

  /** A definition that was applied a moment ago may not have reached the part of the server that checks against it. */
  async #send(desired: DesiredObject): ReturnType<ClusterClient['apply']> {
    const { apiVersion, kind } = desired.object;
    const fresh = this.#changedKinds.has(`${groupOf(apiVersion)}/${kind}`);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#client.apply(desired.object, { force: this.#options.force === true });
      } catch (error) {
        if (!fresh || attempt === 10 || !isUnknownToServer(error)) throw error;
        await sleep(100 + 100 * attempt);
      }
    }
  }

  #record(desired: DesiredObject, change: ObjectOutcome['change']): void {
    const outcome = { object: desired.reference, change };
    this.#outcomes.push(outcome);
    this.#options.onProgress?.({ done: this.#outcomes.length, total: this.#total, outcome });
  }

  async #afterDefinitions(wave: readonly DesiredObject[]): Promise<void> {
    const changed = new Set(
      this.#outcomes
        .filter(({ object, change }) => isDefinition(object) && change !== Change.unchanged)
        .map(({ object }) => object.name),
    );
    const definitions = wave
      .filter(({ object }) => isDefinition(object) && changed.has(object.metadata.name))
      .map(({ object }) => object);
    if (definitions.length === 0) return;
    for (const kind of definedScopes(definitions).keys()) this.#changedKinds.add(kind);
    await awaitDefinitions(this.#client, definitions, this.#options.signal);
  }

  #failure(failures: readonly ObjectFailure[]): MeshwrightError {
    const { created, updated, unchanged } = this.result();
    const did = `${created} were created, ${updated} updated, ${unchanged} unchanged, of ${this.#total}`;
    return failureOf(this.#client.name, failures, did);
  }
}

/** An object that was refused. */
export interface ObjectFailure {
  object: ObjectReference;
  error: unknown;
}

/** One error for all refused objects: it has the code of the first, names each, and says what was done. */
export function failureOf(cluster: string, failures: readonly ObjectFailure[], did: string): MeshwrightError {
  const first = failures[0]?.error;
  const known = isMeshwrightError(first) ? first : undefined;
  const single = failures.length === 1;
  const message = single
    ? `${messageOf(first)} (${did})`
    : `${failures.length} objects were refused by the cluster "${cluster}" (${did}). The first: ${messageOf(first)}`;
  const lines = single ? (known?.details.lines ?? []) : failures.flatMap(linesOf);
  const code: ErrorCode = known?.code ?? 'INTERNAL';
  const details = { ...known?.details, ...(lines.length === 0 ? {} : { lines: bounded(lines, 100) }) };
  return new MeshwrightError(code, message, details, { cause: first });
}

/** Of a conflict each field, for its lines name the object; of anything else the reason. */
function linesOf({ object, error }: ObjectFailure): string[] {
  if (error instanceof FieldConflictError) return error.details.lines ?? [];
  return [`${formatReference(object)}: ${messageOf(error)}`];
}

/** The cluster is away, which is not about one object: trying the others would only take long. */
function isHopeless({ name }: ClusterClient, error: unknown): boolean {
  if (!isMeshwrightError(error)) return true;
  return error.code === 'CLUSTER_UNREACHABLE' && error.details.where === `cluster ${name}`;
}

function isUnknownToServer(error: unknown): boolean {
  if (!isMeshwrightError(error)) return false;
  return error.code === 'KIND_NOT_SERVED' || /unknown field|not declared in schema/.test(error.message);
}

function versionOf(desired: DesiredObject, live: ObjectHeader): string {
  return `${desired.hash} ${live.metadata.uid ?? ''} ${live.metadata.resourceVersion ?? ''}`;
}

/** @throws MeshwrightError FOREIGN_OBJECT when one of the live objects belongs to another set. */
export function refuseForeign(
  client: ClusterClient,
  live: ReadonlyMap<string, ObjectHeader>,
  inventory: Inventory | undefined,
): void {
  const foreign: string[] = [];
  for (const header of live.values()) {
    const set = setOf(header);
    if (set === undefined || set === inventory?.id) continue;
    const { name, namespace } = header.metadata;
    const object = {
      kind: header.kind,
      apiVersion: header.apiVersion,
      name,
      ...(namespace ? { namespace } : {}),
    };
    foreign.push(`${formatReference(object)} belongs to the set ${set}`);
  }
  if (foreign.length === 0) return;
  throw new MeshwrightError(
    'FOREIGN_OBJECT',
    `${foreign.length} objects on the cluster "${client.name}" belong to somebody else: ${foreign[0] ?? ''}.`,
    {
      where: `cluster ${client.name}`,
      lines: bounded(foreign, 50),
      remedy:
        'Take the object out of one of the two patterns, or remove its applyset.kubernetes.io/part-of label to hand it over.',
    },
  );
}
