import { extractApplied } from '@meshwright/cluster';
import {
  type KubernetesObject,
  type MeshSpec,
  MeshwrightError,
  type PatternSnapshot,
  type WorkloadSpec,
} from '@meshwright/model';
import type { Enrollment, MeshPlugin } from '@meshwright/plugin-sdk';

/** A plugin whose mesh takes namespaces in. */
export type EnrollingPlugin = Extract<MeshPlugin, { capabilities: { enroll: true } }>;

export function isEnrolling(plugin: MeshPlugin): plugin is EnrollingPlugin {
  return plugin.capabilities.enroll;
}

/** The namespaces of a pattern's workloads, those that join the mesh or the others. */
export function namespacesOf({ pattern }: PatternSnapshot, enroll: boolean): string[] {
  return pattern.spec.workloads
    .filter((workload) => workload.enroll === enroll)
    .map(({ namespace }) => namespace);
}

/**
 * How each enrolled namespace of the pattern joins the mesh.
 * @throws MeshwrightError UNSUPPORTED when the mesh enrolls none.
 */
export function enrollmentsOf(plugin: MeshPlugin, { pattern }: PatternSnapshot): Map<string, Enrollment> {
  const { mesh, workloads } = pattern.spec;
  const enrolled = workloads.filter(({ enroll }) => enroll);
  if (enrolled.length === 0) return new Map();
  if (!isEnrolling(plugin)) {
    throw new MeshwrightError('UNSUPPORTED', `${plugin.displayName} does not enroll namespaces.`, {
      remedy: 'Set enroll: false for every workload of the pattern.',
    });
  }
  return new Map(enrolled.map((workload) => [workload.namespace, plugin.enroll(workload, mesh)]));
}

/** Of the live namespaces, those that carry what enrolls them, whoever gave it to them. */
export function enrolledAmong(
  plugin: MeshPlugin,
  mesh: MeshSpec,
  namespaces: readonly KubernetesObject[],
): string[] {
  if (!isEnrolling(plugin)) return [];
  const enrolled = namespaces.filter((live) => carries(live, plugin.enroll(workloadIn(live), mesh)));
  return enrolled.map(({ metadata }) => metadata.name).sort();
}

/** What was applied of each live namespace that we enrolled, without its enrollment: applying it lets the namespace leave. */
export function withoutEnrollment(
  plugin: MeshPlugin,
  mesh: MeshSpec,
  namespaces: readonly KubernetesObject[],
): { namespace: KubernetesObject; labels: string[] }[] {
  if (!isEnrolling(plugin)) return [];
  return namespaces.flatMap((live) => {
    const applied = extractApplied(live);
    if (applied === undefined || !carries(applied, plugin.enroll(workloadIn(live), mesh))) return [];
    // A waypoint is named by a further label, which goes with the others.
    const enrollment = plugin.enroll({ ...workloadIn(live), waypoint: true }, mesh);
    const { labels = {}, annotations = {}, ...metadata } = applied.metadata;
    const ours = Object.keys(enrollment.labels).filter((label) => labels[label] === enrollment.labels[label]);
    const kept = {
      ...metadata,
      labels: without(labels, ours),
      annotations: without(annotations, Object.keys(enrollment.annotations)),
    };
    return [{ namespace: { ...applied, metadata: kept }, labels: ours }];
  });
}

/**
 * A label that would win over ours cannot be taken away by an apply, for somebody else owns it: said before anything
 * changes.
 * @throws MeshwrightError FIELD_CONFLICT with the command that takes it away.
 */
export function refuseContradictions(
  namespaces: readonly KubernetesObject[],
  enrollments: ReadonlyMap<string, Enrollment>,
): void {
  for (const { metadata } of namespaces) {
    const { removeLabels = [] } = enrollments.get(metadata.name) ?? {};
    const contradicting = removeLabels.filter((label) => Object.hasOwn(metadata.labels ?? {}, label));
    if (contradicting.length > 0) {
      throw labelConflict(metadata.name, contradicting, 'which contradicts its enrollment');
    }
  }
}

/** The refusal of labels that only a person can take away. */
export function labelConflict(namespace: string, labels: readonly string[], why: string): MeshwrightError {
  return new MeshwrightError(
    'FIELD_CONFLICT',
    `Namespace ${namespace} carries ${labels.join(', ')}, ${why}.`,
    {
      where: `Namespace ${namespace}`,
      remedy: `Remove it: kubectl label namespace ${namespace} ${labels.map((label) => `${label}-`).join(' ')}`,
    },
  );
}

function carries({ metadata }: KubernetesObject, { labels }: Enrollment): boolean {
  const entries = Object.entries(labels);
  return entries.length > 0 && entries.every(([label, value]) => metadata.labels?.[label] === value);
}

function workloadIn({ metadata }: KubernetesObject): WorkloadSpec {
  return { namespace: metadata.name, enroll: true, waypoint: false, manifests: [] };
}

function without(values: Record<string, string>, gone: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !gone.includes(name)));
}
