import {
  Change,
  groupOf,
  isMeshwrightError,
  referenceKey,
  referenceOf,
  type KubernetesObject,
  type ObjectChange,
} from '@meshwright/model';
import { failureOf, refuseForeign, type ObjectFailure } from './apply.ts';
import { setOf } from './apply-set.ts';
import { type ClusterClient, type ObjectHeader } from './client.ts';
import { mapConcurrently } from './concurrency.ts';
import { withConflictingValues } from './conflicts.ts';
import { definedScopes, defines, prepareObjects, type DesiredObject } from './desired.ts';
import { fieldChanges } from './diff.ts';
import { withDrift } from './drift.ts';
import { extractBefore, extractFrom, isSecret, isUnkept } from './extract.ts';
import { appliedAnnotation, fieldManager } from './field-managers.ts';
import { isInstallers } from './handover.ts';
import { type Inventory, type InventoryMember } from './inventory.ts';
import { isJsonObject, valueAt } from './json.ts';
import { readLive } from './live.ts';
import { appliedEntry, fieldOwners } from './managed-fields.ts';
import { isAsApplied } from './ownership.ts';
import { isDefinition, isNamespace } from './waves.ts';

export interface DiffOptions {
  inventory?: Inventory;
  /** Members of the inventory that were read a moment ago: what is live of these is not read again. */
  members?: readonly InventoryMember[];
  /** Objects that earlier stages of the same plan apply: their namespaces and kinds count as there. */
  earlier?: readonly KubernetesObject[];
  /** API groups whose kinds come with what the plan applies, though no object of it defines them: an operator makes them. */
  comingGroups?: readonly string[];
  concurrency?: number;
  /** As the apply will be asked to. */
  force?: boolean;
  /** An earlier tool's objects are taken over: as with `force`, and its part in `managedFields` goes ({@link takeOwnership}). */
  takeover?: boolean;
  signal?: AbortSignal | undefined;
}

/** What applying one object would change, and what taking that back needs. */
export interface ObjectDiff {
  change: ObjectChange;
  /**
   * Of an update: what puts the object back when it is applied. It has what our field manager had applied before
   * ({@link extractApplied}) and, as they are live, the fields that the change takes over from others.
   */
  previous?: KubernetesObject;
  /** Why an update has no `previous`, in the words people are shown: Secrets are not kept in plans. */
  irreversible?: string;
  /** The object is there, and was not ours before. */
  foreign: boolean;
}

/**
 * What applying the objects would change, in their order, as the server sees it: a server-side dry run for each object
 * that is not live as it was applied. Nothing is written. `predicted` marks what the server could not be asked about:
 * objects whose namespace or kind comes with the same plan, and objects whose webhooks do not take part in dry runs.
 *
 * Fields that somebody changed since the same content was applied have `driftedBy`; where the change takes fields from
 * other managers, `owners` says who has how many before and after.
 * @throws MeshwrightError what applying would be refused for: FIELD_CONFLICT with the live and the desired value of every
 *   such field, ADMISSION_DENIED, FOREIGN_OBJECT …
 */
export async function diffObjects(
  client: ClusterClient,
  objects: readonly KubernetesObject[],
  options: DiffOptions = {},
): Promise<ObjectDiff[]> {
  const { concurrency = 16, signal, inventory, earlier = [] } = options;
  const coming = [...earlier, ...objects];
  const desired = await prepareObjects(client, objects, inventory?.id, coming);
  const live = await readUnknown(client, desired, { ...options, concurrency });
  refuseForeign(client, live, inventory);
  const newNamespaces = await namespacesToCome(client, coming, live);
  const run: DiffRun = { client, live, options, coming, newNamespaces };
  const failures: ObjectFailure[] = [];
  const diffs = await mapConcurrently(desired, concurrency, async (each) => {
    signal?.throwIfAborted();
    try {
      return await diffOne(run, each);
    } catch (error) {
      const told = await withConflictingValues(client, each, error, signal);
      failures.push({ object: each.reference, error: told });
      return undefined;
    }
  });
  if (failures.length > 0)
    throw failureOf(client.name, failures, `nothing was written, ${objects.length} were checked`);
  return diffs.filter((diff) => diff !== undefined);
}

/** What is live of the desired objects; Secrets are compared by value, which a member does not have. */
async function readUnknown(
  client: ClusterClient,
  desired: readonly DesiredObject[],
  { members = [], concurrency, signal }: DiffOptions & { concurrency: number },
): Promise<ReadonlyMap<string, ObjectHeader>> {
  const readable = members.filter(({ object }) => !isSecret(object));
  const known = new Map(readable.map(({ object, header }) => [referenceKey(object), header]));
  const live = await readLive(
    client,
    desired.filter(({ key }) => !known.has(key)),
    { concurrency, signal },
  );
  for (const { key } of desired) {
    const header = known.get(key);
    if (header !== undefined) live.set(key, header);
  }
  return live;
}

interface DiffRun {
  client: ClusterClient;
  live: ReadonlyMap<string, ObjectHeader>;
  options: DiffOptions;
  coming: readonly KubernetesObject[];
  newNamespaces: ReadonlySet<string>;
}

async function diffOne(run: DiffRun, desired: DesiredObject): Promise<ObjectDiff> {
  const { reference, key } = desired;
  const live = run.live.get(key);
  if (live !== undefined && isAsApplied(desired, live)) {
    return { change: { object: reference, change: Change.unchanged, fields: [] }, foreign: false };
  }
  const comes = run.newNamespaces.has(reference.namespace ?? '') || !(await isServed(run, desired));
  if (comes && live === undefined) return created(desired, { predicted: true });
  try {
    const creates = live === undefined && (await wouldCreate(run, desired));
    return creates ? created(desired) : await askServer(run, desired);
  } catch (error) {
    const predicted = canPredict(run, desired, error) ? await predict(run, desired) : undefined;
    if (predicted === undefined) throw error;
    return predicted;
  }
}

function created({ reference }: DesiredObject, more: { predicted?: true } = {}): ObjectDiff {
  return { change: { object: reference, change: Change.create, fields: [], ...more }, foreign: false };
}

/** Kinds that come with the plan need not be served yet; of others the server says that they are not. */
async function isServed(
  { client, coming, options: { comingGroups = [] } }: DiffRun,
  { object }: DesiredObject,
): Promise<boolean> {
  const { apiVersion, kind } = object;
  if (await client.serves(apiVersion, kind)) return true;
  if (comingGroups.includes(groupOf(apiVersion))) return false;
  return !coming.some((each) => isDefinition(each) && defines(each, apiVersion, kind));
}

/** Of an object that is not there only the server's consent is of interest, and its answer is its metadata. */
async function wouldCreate({ client, options }: DiffRun, { object }: DesiredObject): Promise<boolean> {
  return (await client.apply(object, { force: isForced(options), signal: options.signal, dryRun: true }))
    .created;
}

function isForced({ force = false, takeover = false }: DiffOptions): boolean {
  return force || takeover;
}

async function askServer(run: DiffRun, desired: DesiredObject): Promise<ObjectDiff> {
  const { client, options } = run;
  const [before, { object: after }] = await Promise.all([
    client.get(desired.reference, options.signal),
    client.dryRunApply(desired.object, { force: isForced(options), signal: options.signal }),
  ]);
  if (before === undefined) return created(desired);
  const isLastApplied = before.metadata.annotations?.[appliedAnnotation] === desired.hash;
  const fields = fieldChanges(before, after);
  const drifted = isLastApplied ? withDrift(fields, before, after) : fields;
  const owners = isForced(options) ? ownersOf(before, after, options) : undefined;
  return updated(run, desired, {
    before,
    after,
    fields: drifted,
    ...(owners === undefined ? {} : { owners }),
  });
}

interface Update extends Pick<ObjectChange, 'fields' | 'owners' | 'predicted'> {
  before: KubernetesObject;
  /** As the server would leave it; absent where it was not asked. */
  after?: KubernetesObject;
}

async function updated(
  { client, options: { inventory, signal } }: DiffRun,
  { reference }: DesiredObject,
  { before, after, ...rest }: Update,
): Promise<ObjectDiff> {
  const change: ObjectChange = { object: reference, change: Change.unchanged, ...rest };
  const applied = appliedEntry(before);
  const foreign = applied === undefined || (inventory !== undefined && setOf(before) !== inventory.id);
  if (rest.fields.length === 0) return { change, foreign };
  change.change = Change.update;
  if (isUnkept(before))
    return { change, foreign, irreversible: 'its content before is not kept: it is a Secret' };
  // Fields have other names at another version: then only what was applied is known.
  const isComparable =
    after !== undefined && (applied?.apiVersion ?? before.apiVersion) === before.apiVersion;
  const previous = isComparable ? extractBefore(before, after) : await extractFrom(client, before, signal);
  return { change, foreign, ...(previous === undefined ? {} : { previous }) };
}

/** Who has fields before and after, where others lose any; an earlier tool that is taken over loses all. */
function ownersOf(
  before: KubernetesObject,
  after: KubernetesObject,
  { takeover = false }: DiffOptions,
): ObjectChange['owners'] {
  const had = fieldOwners(before);
  const have = fieldOwners(after, (entry) => !takeover || !isInstallers(entry));
  const isTaken = Object.entries(had).some(
    ([manager, count]) => manager !== fieldManager && count > (have[manager] ?? 0),
  );
  return isTaken ? { before: had, after: have } : undefined;
}

/** Whether a refusal is about the dry run and not about the object. */
function canPredict({ coming }: DiffRun, { object }: DesiredObject, error: unknown): boolean {
  if (!isMeshwrightError(error)) return false;
  if (error.message.includes('does not support dry run')) return true;
  const ownsDefinition = definedScopes(coming).has(`${groupOf(object.apiVersion)}/${object.kind}`);
  return ownsDefinition && /unknown field|not declared in schema/.test(error.message);
}

/** Compares what the manifest says with what is live; what the server would add is not seen. */
async function predict(run: DiffRun, desired: DesiredObject): Promise<ObjectDiff> {
  const before = await run.client.get(desired.reference, run.options.signal);
  if (before === undefined) return created(desired, { predicted: true });
  const after = merged(before, desired.object) as KubernetesObject;
  return updated(run, desired, { before, fields: fieldChanges(before, after), predicted: true });
}

function merged(live: unknown, desired: unknown): unknown {
  if (!isJsonObject(live) || !isJsonObject(desired)) return desired;
  const overlaid = Object.entries(desired).map(
    ([field, value]) => [field, merged(valueAt(live, field), value)] as const,
  );
  return { ...live, ...Object.fromEntries(overlaid) };
}

/** Namespaces among the objects that do not exist yet. */
async function namespacesToCome(
  client: ClusterClient,
  objects: readonly KubernetesObject[],
  live: ReadonlyMap<string, ObjectHeader>,
): Promise<ReadonlySet<string>> {
  const unseen = objects.filter(isNamespace).filter((object) => !live.has(referenceKey(referenceOf(object))));
  const missing = await mapConcurrently(unseen, 8, async ({ metadata: { name } }) => {
    const header = await client.getHeader({ apiVersion: 'v1', kind: 'Namespace', name });
    return header === undefined ? name : undefined;
  });
  return new Set(missing.filter((name) => name !== undefined));
}
