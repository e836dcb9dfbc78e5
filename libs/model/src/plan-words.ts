import {
  type BlastRadius,
  type Change,
  type ChangeCounts,
  type Plan,
  PlanAction,
  Purpose,
  StageKind,
  type StageSummary,
} from './plan.ts';
import { plural } from './text.ts';

/** What a plan says of the mesh before and after it. */
export type MeshTransition = Pick<Plan, 'action' | 'mesh' | 'meshBefore'>;

/** What a plan does as a whole, in the words people are shown. */
export const actionWords: Readonly<Record<PlanAction, string>> = {
  install: 'install',
  upgrade: 'upgrade',
  configure: 'configure',
  'roll-back': 'roll back',
  adopt: 'adopt',
  uninstall: 'uninstall',
  none: 'nothing to change in',
};

/** `upgrade istio 1.30.2 → 1.31.0 (sidecar)`: what a plan does to the mesh, from what to what; not escaped. */
export function describeAction(plan: MeshTransition): string {
  return `${actionWords[plan.action]} ${describeTransition(plan)}`;
}

/** `istio 1.30.2 → 1.31.0 (sidecar)`: only what changes is said twice; not escaped. */
export function describeTransition({ action, mesh, meshBefore }: MeshTransition): string {
  const before = action === PlanAction.uninstall ? undefined : meshBefore;
  const type = fromTo(before?.type, mesh.type);
  return `${type} ${fromTo(before?.version, mesh.version)} (${fromTo(before?.mode, mesh.mode)})`;
}

/** `1.30.2 → 1.31.0`, or the version alone where it stays or nothing was there; not escaped. */
export function describeVersions({ mesh, meshBefore }: Pick<MeshTransition, 'mesh' | 'meshBefore'>): string {
  return fromTo(meshBefore?.version, mesh.version);
}

function fromTo(before: string | undefined, after: string): string {
  return before === undefined || before === after ? after : `${before} → ${after}`;
}

/** A mesh as a file asks for it. */
export interface WantedMesh {
  type: string;
  /** Absent where it is to be uninstalled: what goes is what is installed, and a plan says what that is. */
  version?: string;
}

/** The mesh that is wanted of a file, for a purpose. */
export function wantedMesh(
  { type, version }: { type: string; version: string },
  purpose: Purpose,
): WantedMesh {
  return purpose === Purpose.uninstall ? { type } : { type, version };
}

/** `istio 1.31.0`, or `istio` where no version is wanted; not escaped. */
export function describeMesh({ type, version }: WantedMesh): string {
  return version === undefined ? type : `${type} ${version}`;
}

/** `plan istio 1.31.0 on local`: the planning for a target, in the words people are shown. */
export function describePlanning(
  mesh: { type: string; version: string },
  { purpose, cluster }: { purpose: Purpose; cluster: string },
): string {
  const verb = purpose === Purpose.uninstall ? 'plan to uninstall' : 'plan';
  return `${verb} ${describeMesh(wantedMesh(mesh, purpose))} on ${cluster}`;
}

/** `12 to create, 1 to update, 0 to delete`, and what else there is. */
export function formatCounts(counts: ChangeCounts): string {
  const { takeOver = 0, leftover = 0, release = 0 } = counts;
  return [
    `${counts.create} to create`,
    `${counts.update} to update`,
    `${counts.delete} to delete`,
    ...(takeOver === 0 ? [] : [`${takeOver} to take over`]),
    ...(leftover === 0 ? [] : [`${plural(leftover, 'leftover')} of the mesh to delete`]),
    ...(release === 0 ? [] : [`${release} to release`]),
  ].join(', ');
}

/** The sign of a change, as in a diff. */
export const changeSigns = {
  create: '+',
  update: '~',
  delete: '-',
  unchanged: '=',
} as const satisfies Record<Change, string>;

/** Deletions first, then updates, creations, the unchanged: what needs a look comes first. */
export const changeOrder: readonly Change[] = ['delete', 'update', 'create', 'unchanged'];

/** `-1 ~2 +3, 2 released, 5 restarts`: what a stage does, in numbers. */
export function describeWork({
  kind,
  counts,
  restarts,
}: Pick<StageSummary, 'kind' | 'counts' | 'restarts'>): string {
  const { leftover = 0, release = 0 } = counts;
  const changes = changeOrder.filter((change) => counts[change] > 0);
  const parts = [
    changes.map((change) => `${changeSigns[change]}${counts[change]}`).join(' '),
    leftover === 0 ? '' : plural(leftover, 'leftover'),
    release === 0 ? '' : `${release} released`,
    restarts === 0 ? '' : plural(restarts, 'restart'),
  ].filter((part) => part !== '');
  if (parts.length > 0) return parts.join(', ');
  return kind === StageKind.verify ? 'only looks' : 'nothing to do';
}

/** `no workload restarts`, `2 workloads with 5 pods restart`. */
export function describeRestarts({ workloads, pods }: Pick<BlastRadius, 'workloads' | 'pods'>): string {
  if (workloads === 0) return 'no workload restarts';
  return `${plural(workloads, 'workload')} with ${plural(pods, 'pod')} ${workloads === 1 ? 'restarts' : 'restart'}`;
}

/** Why a plan has no way back. */
export function noWayBack({ purpose }: Pick<Plan, 'purpose'>): string {
  return purpose === Purpose.uninstall
    ? 'an uninstall that fails stops where it is, and can be started again.'
    : 'there is nothing to take back.';
}
