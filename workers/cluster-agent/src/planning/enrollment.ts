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

/** A namespace as it is once it has left, and by what it was in the mesh: names of labels and annotations. */
export interface LeavingNamespace {
  namespace: KubernetesObject;
  labels: string[];
  annotations: string[];
}

/** What was applied of each live namespace that we enrolled, without its enrollment: applying it lets the namespace leave. */
export function withoutEnrollment(
  plugin: MeshPlugin,
  mesh: MeshSpec,
  namespaces: readonly KubernetesObject[],
): LeavingNamespace[] {
  if (!isEnrolling(plugin)) return [];
  return namespaces.flatMap((live) => {
    const applied = extractApplied(live);
    if (applied === undefined || !carries(applied, plugin.enroll(workloadIn(live), mesh))) return [];
    // A waypoint is named by a further label, which goes with the others.
    const enrollment = plugin.enroll({ ...workloadIn(live), waypoint: true }, mesh);
    const { labels = {}, annotations = {}, ...metadata } = applied.metadata;
    const ours = {
      labels: sameIn(labels, enrollment.labels),
      annotations: sameIn(annotations, enrollment.annotations),
    };
    const kept = {
      ...metadata,
      labels: without(labels, ours.labels),
      annotations: without(annotations, ours.annotations),
    };
    return [{ namespace: { ...applied, metadata: kept }, ...ours }];
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
      const why = 'which contradicts its enrollment';
      throw markConflict(metadata.name, { labels: contradicting, annotations: [] }, why);
    }
  }
}

/** The refusal of labels and annotations that only a person can take away. */
export function markConflict(
  namespace: string,
  { labels, annotations }: Pick<LeavingNamespace, 'labels' | 'annotations'>,
  why: string,
): MeshwrightError {
  const command = (verb: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : [`kubectl ${verb} namespace ${namespace} ${names.map((name) => `${name}-`).join(' ')}`];
  const commands = [...command('label', labels), ...command('annotate', annotations)];
  return new MeshwrightError(
    'FIELD_CONFLICT',
    `Namespace ${namespace} carries ${[...labels, ...annotations].join(', ')}, ${why}.`,
    { where: `Namespace ${namespace}`, remedy: `Remove it: ${commands.join(' && ')}` },
  );
}

/** A mesh enrolls by labels, by annotations, or by both. */
function carries({ metadata }: KubernetesObject, { labels, annotations }: Enrollment): boolean {
  const isMarked = Object.keys(labels).length + Object.keys(annotations).length > 0;
  return isMarked && hasAll(metadata.labels, labels) && hasAll(metadata.annotations, annotations);
}

function hasAll(values: Record<string, string> = {}, wanted: Record<string, string>): boolean {
  return sameIn(values, wanted).length === Object.keys(wanted).length;
}

/** The names that have the same value in both. */
function sameIn(values: Record<string, string>, wanted: Record<string, string>): string[] {
  return Object.keys(wanted).filter((name) => values[name] === wanted[name]);
}

function workloadIn({ metadata }: KubernetesObject): WorkloadSpec {
  return { namespace: metadata.name, enroll: true, waypoint: false, manifests: [] };
}

function without(values: Record<string, string>, gone: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !gone.includes(name)));
}
