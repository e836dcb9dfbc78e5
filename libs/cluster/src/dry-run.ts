import {
  Change,
  groupOf,
  isMeshwrightError,
  type FieldChange,
  type KubernetesObject,
  type ObjectChange,
} from '@meshwright/model';
import { failureOf, refuseForeign, type ObjectFailure } from './apply.ts';
import { type ClusterClient, type ObjectHeader } from './client.ts';
import { mapConcurrently } from './concurrency.ts';
import { definedScopes, defines, prepareObjects, type DesiredObject } from './desired.ts';
import { fieldChanges } from './diff.ts';
import { type Inventory } from './inventory.ts';
import { isJsonObject, valueAt } from './json.ts';
import { readLive } from './live.ts';
import { isAsApplied } from './ownership.ts';
import { isDefinition, isNamespace } from './waves.ts';

export interface DiffOptions {
  inventory?: Inventory;
  /** Objects that earlier stages of the same plan apply: their namespaces and kinds count as there. */
  earlier?: readonly KubernetesObject[];
  concurrency?: number;
  /** As the apply will be asked to. */
  force?: boolean;
  signal?: AbortSignal;
}

/**
 * What applying the objects would change, in their order, as the server sees it: a server-side dry run for each object
 * that is not live as it was applied. Nothing is written. `predicted` marks what the server could not be asked about:
 * objects whose namespace or kind comes with the same plan, and objects whose webhooks do not take part in dry runs.
 * @throws MeshwrightError what applying would be refused for: FIELD_CONFLICT, ADMISSION_DENIED, FOREIGN_OBJECT …
 */
export async function diffObjects(
  client: ClusterClient,
  objects: readonly KubernetesObject[],
  options: DiffOptions = {},
): Promise<ObjectChange[]> {
  const { concurrency = 16, signal, inventory, earlier = [] } = options;
  const coming = [...earlier, ...objects];
  const desired = await prepareObjects(client, objects, inventory?.id, coming);
  const live = await readLive(client, desired, { concurrency, signal });
  refuseForeign(client, live, inventory);
  const run: DiffRun = { client, live, options, coming, newNamespaces: await newNamespaces(client, coming) };
  const failures: ObjectFailure[] = [];
  const changes = await mapConcurrently(desired, concurrency, async (each) => {
    signal?.throwIfAborted();
    try {
      return await diffOne(run, each);
    } catch (error) {
      failures.push({ object: each.reference, error });
      return undefined;
    }
  });
  if (failures.length > 0)
    throw failureOf(client.name, failures, `nothing was written, ${objects.length} were checked`);
  return changes.filter((change) => change !== undefined);
}

interface DiffRun {
  client: ClusterClient;
  live: ReadonlyMap<string, ObjectHeader>;
  options: DiffOptions;
  coming: readonly KubernetesObject[];
  newNamespaces: ReadonlySet<string>;
}

async function diffOne(run: DiffRun, desired: DesiredObject): Promise<ObjectChange> {
  const { reference, key } = desired;
  const live = run.live.get(key);
  if (live !== undefined && isAsApplied(desired, live)) {
    return { object: reference, change: Change.unchanged, fields: [] };
  }
  const comes = run.newNamespaces.has(reference.namespace ?? '') || !(await isServed(run, desired));
  if (comes && live === undefined)
    return { object: reference, change: Change.create, fields: [], predicted: true };
  try {
    return await askServer(run, desired);
  } catch (error) {
    const predicted = canPredict(run, desired, error) ? await predict(run, desired) : undefined;
    if (predicted === undefined) throw error;
    return predicted;
  }
}

/** Kinds that come with the plan need not be served yet; of others the server says that they are not. */
async function isServed({ client, coming }: DiffRun, { object }: DesiredObject): Promise<boolean> {
  const { apiVersion, kind } = object;
  if (await client.serves(apiVersion, kind)) return true;
  return !coming.some((each) => isDefinition(each) && defines(each, apiVersion, kind));
}

async function askServer({ client, options }: DiffRun, desired: DesiredObject): Promise<ObjectChange> {
  const { force = false, signal } = options;
  const [before, { object: after }] = await Promise.all([
    client.get(desired.reference, signal),
    client.dryRunApply(desired.object, { force, signal }),
  ]);
  if (before === undefined) return { object: desired.reference, change: Change.create, fields: [] };
  return update(desired, fieldChanges(before, after));
}

function update({ reference }: DesiredObject, fields: FieldChange[]): ObjectChange {
  return { object: reference, change: fields.length === 0 ? Change.unchanged : Change.update, fields };
}

/** Whether a refusal is about the dry run and not about the object. */
function canPredict({ coming }: DiffRun, { object }: DesiredObject, error: unknown): boolean {
  if (!isMeshwrightError(error)) return false;
  if (error.message.includes('does not support dry run')) return true;
  const ownsDefinition = definedScopes(coming).has(`${groupOf(object.apiVersion)}/${object.kind}`);
  return ownsDefinition && /unknown field|not declared in schema/.test(error.message);
}

/** Compares what the manifest says with what is live; what the server would add is not seen. */
async function predict({ client, options }: DiffRun, desired: DesiredObject): Promise<ObjectChange> {
  const before = await client.get(desired.reference, options.signal);
  if (before === undefined)
    return { object: desired.reference, change: Change.create, fields: [], predicted: true };
  const after = merged(before, desired.object) as KubernetesObject;
  return { ...update(desired, fieldChanges(before, after)), predicted: true };
}

function merged(live: unknown, desired: unknown): unknown {
  if (!isJsonObject(live) || !isJsonObject(desired)) return desired;
  const overlaid = Object.entries(desired).map(
    ([field, value]) => [field, merged(valueAt(live, field), value)] as const,
  );
  return { ...live, ...Object.fromEntries(overlaid) };
}

/** Namespaces among the objects that do not exist yet. */
async function newNamespaces(
  client: ClusterClient,
  objects: readonly KubernetesObject[],
): Promise<ReadonlySet<string>> {
  const missing = await mapConcurrently(objects.filter(isNamespace), 8, async ({ metadata: { name } }) => {
    const header = await client.getHeader({ apiVersion: 'v1', kind: 'Namespace', name });
    return header === undefined ? name : undefined;
  });
  return new Set(missing.filter((name) => name !== undefined));
}
