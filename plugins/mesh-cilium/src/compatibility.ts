import type { KubernetesObject } from '@meshwright/model';
import { type ClusterPort, type MeshChange, valueAt } from '@meshwright/plugin-sdk';
import { chart, settings } from './names.ts';
import { targetOf } from './target.ts';
import { minorOf } from './versions.ts';

/** On Cilium's settings: the minor version that was installed on the cluster first. */
export const firstVersionAnnotation = 'meshwright.dev/cilium-first-version';

/**
 * The chart's value `upgradeCompatibility`: the minor version that was installed first, whose defaults stay for good
 * (Cilium's upgrade guide). It is what the pattern says, else what was written down with the installation, else the
 * version that runs, for what runs was rendered with its own defaults.
 */
export async function compatibilityOf(change: MeshChange, cluster: ClusterPort): Promise<string> {
  const { mesh } = change.snapshot.pattern.spec;
  const given = valueAt(mesh.values[chart], 'upgradeCompatibility');
  if (typeof given === 'string' && given !== '') return given;
  const { from, version } = targetOf(change);
  const live = from === undefined ? undefined : await cluster.get(settings);
  return live?.metadata.annotations?.[firstVersionAnnotation] ?? minorOf(from?.version ?? version) ?? version;
}

/** The settings with what was installed first written down; other objects as they are. */
export function withFirstVersion(object: KubernetesObject, compatibility: string): KubernetesObject {
  if (object.kind !== settings.kind || object.metadata.name !== settings.name) return object;
  const annotations = { ...object.metadata.annotations, [firstVersionAnnotation]: compatibility };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
