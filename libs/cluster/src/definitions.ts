import { setTimeout as sleep } from 'node:timers/promises';
import { MeshwrightError, referenceOf, type KubernetesObject } from '@meshwright/model';
import { kindNotServed } from './api-errors.ts';
import { type ClusterClient } from './client.ts';
import { objectsAt, textAt, valueAt } from './json.ts';
import { waitUntilReady } from './readiness.ts';

const establishMs = 60_000;
const serveMs = 30_000;

/**
 * Waits until definitions are established and their kinds are served.
 * @throws MeshwrightError NOT_READY when a definition is refused, for instance because its names are taken;
 *   KIND_NOT_SERVED when a kind is not served half a minute after.
 */
export async function awaitDefinitions(
  client: ClusterClient,
  definitions: readonly KubernetesObject[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const report = await waitUntilReady(client, definitions.map(referenceOf), {
    timeoutMs: establishMs,
    ...(signal === undefined ? {} : { signal }),
  });
  const unready = report.objects.find(({ state }) => state !== 'current');
  if (unready !== undefined) {
    throw new MeshwrightError(
      'NOT_READY',
      `CustomResourceDefinition ${unready.object.name} is not established on the cluster "${client.name}": ${unready.message}`,
      {
        where: `cluster ${client.name}`,
        ...(unready.remedy === undefined ? {} : { remedy: unready.remedy }),
      },
    );
  }
  await awaitServed(client, definitions.flatMap(servedKindsOf), signal);
}

interface Kind {
  apiVersion: string;
  kind: string;
}

async function awaitServed(
  client: ClusterClient,
  kinds: readonly Kind[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const giveUpAt = Date.now() + serveMs;
  for (let delay = 25; ; delay = Math.min(500, delay * 2)) {
    client.discovery.invalidate();
    const { byVersion } = await client.discovery.served();
    const missing = kinds.find(({ apiVersion, kind }) => !byVersion.has(`${apiVersion}/${kind}`));
    if (missing === undefined) return;
    if (Date.now() > giveUpAt) throw kindNotServed(client.name, missing.apiVersion, missing.kind);
    signal?.throwIfAborted();
    await sleep(delay);
  }
}

function servedKindsOf(definition: KubernetesObject): Kind[] {
  const group = textAt(definition, 'spec', 'group') ?? '';
  const kind = textAt(definition, 'spec', 'names', 'kind') ?? '';
  return objectsAt(definition, 'spec', 'versions')
    .filter((version) => valueAt(version, 'served') === true)
    .map((version) => ({ apiVersion: `${group}/${textAt(version, 'name') ?? ''}`, kind }));
}
