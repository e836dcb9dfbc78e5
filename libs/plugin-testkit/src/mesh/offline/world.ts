import { randomUUID } from 'node:crypto';
import {
  type KeptSecret,
  type KubernetesObject,
  type MeshSpec,
  type NewSecret,
  type PatternSpec,
  referenceKey,
  referenceOf,
} from '@meshwright/model';
import {
  type ChartsPort,
  type Installation,
  type MeshChange,
  type MeshPlan,
  ourManager,
  type PlanningContext,
  type SecretsPort,
} from '@meshwright/plugin-sdk';
import { fakeContext } from '../fake-cluster.ts';
import { sampleChange, sampleInstallation, sampleSnapshot } from '../sample-pattern.ts';
import type { MeshSubject } from '../subject.ts';

/** Real charts and Helm, without a cluster. */
export interface OfflineWorld {
  subject: MeshSubject;
  /** The mesh's charts with a cache that nobody else has, so that Helm runs. */
  openCharts(): Promise<ChartsPort>;
  /** The same charts, the first of which has one template more. */
  openAltered(template: string): Promise<ChartsPort>;
}

/** What is asked of a plugin, beside the version. */
export interface OfflineWish {
  mesh: MeshSpec;
  security?: PatternSpec['security'];
  /** What the cluster holds. */
  objects?: KubernetesObject[];
  installations?: Installation[];
  secrets?: SecretsPort;
  adopt?: boolean;
}

/** A namespace of the pattern. */
export const shop = 'shop';

/** A plan with what each of its stages renders. */
export interface Rendered {
  plan: MeshPlan;
  stages: Record<string, KubernetesObject[]>;
}

/** Plans, and renders every stage that applies something. */
export async function renderAll(
  { subject: { plugin, prerequisites = [] } }: OfflineWorld,
  charts: ChartsPort,
  asked: OfflineWish,
): Promise<Rendered> {
  const wish = { ...asked, objects: [...prerequisites, ...(asked.objects ?? [])] };
  const change = changeOf(wish);
  const context = contextOf(charts, wish);
  const plan = await plugin.plan(change, context);
  const stages: Record<string, KubernetesObject[]> = {};
  for (const stage of [...plan.prepare, ...plan.switchOver, ...plan.settle]) {
    if (stage.kind === 'apply') stages[stage.id] = await plugin.render(stage, change, context);
  }
  return { plan, stages };
}

/** All objects in the order in which they are applied. */
export function objectsOf({ stages }: Rendered): KubernetesObject[] {
  return Object.values(stages).flat();
}

/** Objects by what names them. */
export function byKey(objects: readonly KubernetesObject[]): Record<string, KubernetesObject> {
  return Object.fromEntries(objects.map((object) => [referenceKey(referenceOf(object)), object]));
}

/** Objects as they are once the engine has applied them. */
export function applied(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const managedFields = [{ manager: ourManager, operation: 'Apply' }];
  const owner = { 'applyset.kubernetes.io/part-of': 'conformance' };
  return objects.map((object) => {
    const { metadata } = object;
    return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, ...owner }, managedFields } };
  });
}

/** An installation as the engine's own, or another's. */
export function installed({ subject }: OfflineWorld, of: Partial<Installation>): Installation {
  const { version, mode } = subject.mesh(subject.versions.older);
  return sampleInstallation({ version, mode, namespace: subject.namespace, ...of });
}

/** A context whose cluster holds what the wish says. */
export function contextOf(charts: ChartsPort, { objects = [], secrets }: OfflineWish): PlanningContext {
  // Charts look for it to render ServiceMonitors.
  const missingKinds = ['monitoring.coreos.com/v1/ServiceMonitor'];
  return { ...fakeContext({ objects, missingKinds }), charts, secrets: secrets ?? keptInMemory() };
}

/** The change that a wish asks for. */
export function changeOf({ mesh, security, installations = [], adopt = false }: OfflineWish): MeshChange {
  const snapshot = sampleSnapshot('conformance', {
    spec: { mesh, ...(security === undefined ? {} : { security }) },
    workloads: [{ namespace: shop, enroll: true, objects: [] }],
  });
  return sampleChange(snapshot, { installations, adopt });
}

/** Keeps what was made first, as the engine does. */
export function keptInMemory(): SecretsPort {
  const kept = new Map<string, Promise<KeptSecret>>();
  const marked = async (name: string, make: () => Promise<NewSecret>): Promise<KeptSecret> => ({
    ...(await make()),
    mark: `${name}@${randomUUID()}`,
  });
  return {
    keep(name, make) {
      const known = kept.get(name) ?? marked(name, make);
      kept.set(name, known);
      // What could not be made is not kept.
      known.catch(() => kept.delete(name));
      return known;
    },
  };
}
