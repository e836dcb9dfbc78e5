import { formatReference, type ObjectReference, plural } from '@meshwright/model';
import { isEnrolling, namespacesOf, withoutEnrollment } from './enrollment.ts';
import type { Planning } from './target.ts';

/** The workloads that join the mesh or move to this version of it, and those of namespaces that leave it. */
export async function workloadsToRestart({
  plugin,
  snapshot,
  found,
  context,
}: Planning): Promise<ObjectReference[]> {
  if (!isEnrolling(plugin)) return [];
  const { mesh } = snapshot.pattern.spec;
  const { version, revision } = found.meshPlan;
  const staying = namespacesOf(snapshot, false);
  const leaving = withoutEnrollment(plugin, mesh, found.namespaces)
    .map(({ namespace }) => namespace.metadata.name)
    .filter((name) => staying.includes(name));
  const enrolled = namespacesOf(snapshot, true);
  const [outdated, meshed] = await Promise.all([
    enrolled.length === 0
      ? []
      : plugin.outdatedWorkloads(enrolled, { version, revision, mode: mesh.mode }, context),
    leaving.length === 0 ? [] : plugin.meshedWorkloads(leaving, context),
  ]);
  return [...outdated, ...meshed];
}

/** Adopting restarts nothing: what should restart is said instead. */
export function notRestarted(workloads: readonly ObjectReference[]): string[] {
  if (workloads.length === 0) return [];
  const names = workloads.slice(0, 10).map(formatReference).join(', ');
  return [
    `${plural(workloads.length, 'workload is', 'workloads are')} not in this version of the mesh; adopting restarts nothing, the next change does: ${names}${workloads.length > 10 ? ' …' : ''}`,
  ];
}
