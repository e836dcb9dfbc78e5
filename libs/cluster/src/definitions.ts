import { setTimeout as sleep } from 'node:timers/promises';
import { formatReference, MeshwrightError, referenceOf, type KubernetesObject } from '@meshwright/model';
import { kindNotServed } from './api-errors.ts';
import { type ClusterClient } from './client.ts';
import { objectsAt, textAt, valueAt } from './json.ts';
import { statusOf } from './status.ts';

const serveMs = 60_000;
/** How long to look at what is served alone, which costs little, before definitions themselves are read. */
const quickMs = 1_000;
const longestPauseMs = 500;

/**
 * Waits until the kinds of definitions are served, which the API server does with established definitions alone.
 * Definitions are large and change several times until then: they are read only when that takes long.
 * @throws MeshwrightError NOT_READY when a definition is refused, for instance because its names are taken;
 *   KIND_NOT_SERVED when a kind is not served after a minute.
 */
export async function awaitDefinitions(
  client: ClusterClient,
  definitions: readonly KubernetesObject[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const begunAt = Date.now();
  for (let pause = 25; ; pause = Math.min(longestPauseMs, pause * 2)) {
    const unserved = await unservedOf(client, definitions);
    const [first] = unserved;
    if (first === undefined) return;
    signal?.throwIfAborted();
    const waited = Date.now() - begunAt;
    if (waited > quickMs) await refuseFailed(client, unserved, signal);
    if (waited > serveMs) throw kindNotServed(client.name, first.kind.apiVersion, first.kind.kind);
    await sleep(pause);
  }
}

/** A definition with a kind of it that is not served yet. */
interface Unserved {
  definition: KubernetesObject;
  kind: { apiVersion: string; kind: string };
}

async function unservedOf(
  client: ClusterClient,
  definitions: readonly KubernetesObject[],
): Promise<Unserved[]> {
  client.discovery.invalidate();
  const { byVersion } = await client.discovery.served();
  return definitions.flatMap((definition) => {
    const kind = servedKindsOf(definition).find((each) => !byVersion.has(`${each.apiVersion}/${each.kind}`));
    return kind === undefined ? [] : [{ definition, kind }];
  });
}

async function refuseFailed(
  client: ClusterClient,
  unserved: readonly Unserved[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const { definition } of unserved) {
    const reference = referenceOf(definition);
    const { state, message } = statusOf(await client.get(reference, signal));
    if (state !== 'failed') continue;
    throw new MeshwrightError(
      'NOT_READY',
      `${formatReference(reference)} is not established on the cluster "${client.name}": ${message}`,
      { where: `cluster ${client.name}` },
    );
  }
}

function servedKindsOf(definition: KubernetesObject): Unserved['kind'][] {
  const group = textAt(definition, 'spec', 'group') ?? '';
  const kind = textAt(definition, 'spec', 'names', 'kind') ?? '';
  return objectsAt(definition, 'spec', 'versions')
    .filter((version) => valueAt(version, 'served') === true)
    .map((version) => ({ apiVersion: `${group}/${textAt(version, 'name') ?? ''}`, kind }));
}
