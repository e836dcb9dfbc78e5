import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  appliedAnnotation,
  ApplySet,
  type ClusterClient,
  openInventory,
  readApplied,
} from '@meshwright/cluster';
import { type KubernetesObject, referenceKey, referenceOf } from '@meshwright/model';
import { patternName } from '../engine/patterns.ts';
import { workloadNamespace } from './workloads.ts';

/** Everything that an installed version of the mesh consists of, as it was applied. */
export type Installed = ReadonlyMap<string, KubernetesObject>;

/** Files with what a script applies and deletes to go from one version to another. */
export interface UpgradeFiles {
  /** Definitions, the namespace, and all else that both versions have. */
  definitions: string;
  controlPlane: string;
  /** The webhooks that decide which control plane injects and validates. */
  tag: string;
  /** The control plane that is left. */
  old: string;
}

/** Reads what was applied of the mesh, with what marks it as Meshwright's: who applies it again leaves the same behind. */
export async function readInstalled(client: ClusterClient, signal: AbortSignal): Promise<Installed> {
  const all = await openInventory(client, { pattern: patternName }).members(signal);
  const members = all.filter(({ object: { kind, name, namespace } }) =>
    kind === 'Namespace' ? name !== workloadNamespace : namespace !== workloadNamespace,
  );
  const references = members.map(({ object }) => object);
  const applied = await readApplied(client, references, signal);
  const headers = new Map(members.map(({ object, header }) => [referenceKey(object), header]));
  return new Map(
    applied.map((object) => {
      const key = referenceKey(referenceOf(object));
      return [key, marked(object, headers.get(key)?.metadata ?? object.metadata)];
    }),
  );
}

/** With the label of the inventory and the annotation of the content, which extracting leaves out. */
function marked(object: KubernetesObject, live: KubernetesObject['metadata']): KubernetesObject {
  const { metadata } = object;
  const labels = { ...metadata.labels, [ApplySet.partOf]: live.labels?.[ApplySet.partOf] ?? '' };
  const mark = live.annotations?.[appliedAnnotation] ?? '';
  const annotations = { ...metadata.annotations, [appliedAnnotation]: mark };
  return { ...object, metadata: { ...metadata, labels, annotations } };
}

/** Writes the files for the way from one version to the other into a directory. */
export async function writeUpgrade(
  directory: string,
  { from, to }: { from: Installed; to: Installed },
): Promise<UpgradeFiles> {
  const shared = [...to].filter(([key]) => from.has(key)).map(([, object]) => object);
  const isWebhook = ({ kind }: KubernetesObject): boolean => kind.endsWith('WebhookConfiguration');
  const write = async (name: string, items: KubernetesObject[]): Promise<string> => {
    const path = join(directory, `${name}.json`);
    await writeFile(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    return path;
  };
  return {
    definitions: await write(
      'definitions',
      shared.filter((object) => !isWebhook(object)),
    ),
    controlPlane: await write('control-plane', onlyIn(to, from)),
    tag: await write('tag', shared.filter(isWebhook)),
    old: await write('old', onlyIn(from, to)),
  };
}

function onlyIn(these: Installed, others: Installed): KubernetesObject[] {
  return [...these].filter(([key]) => !others.has(key)).map(([, object]) => object);
}
