import { type Plan, PlanAction, Purpose } from '@meshwright/model';
import { escapeText } from './text.ts';

/** What a plan says of the mesh before and after it. */
export type MeshTransition = Pick<Plan, 'action' | 'mesh' | 'meshBefore'>;

const verbs: Readonly<Record<PlanAction, string>> = {
  install: 'install',
  upgrade: 'upgrade',
  configure: 'configure',
  'roll-back': 'roll back',
  adopt: 'adopt',
  uninstall: 'uninstall',
  none: 'nothing to change in',
};

/** `upgrade istio 1.30.2 → 1.31.0 (sidecar)`: what a plan does to the mesh, from what to what. */
export function describeAction(plan: MeshTransition): string {
  return `${verbs[plan.action]} ${describeTransition(plan)}`;
}

/** `istio 1.30.2 → 1.31.0 (sidecar)`: only what changes is said twice; escaped already. */
export function describeTransition({ action, mesh, meshBefore }: MeshTransition): string {
  const before = action === PlanAction.uninstall ? undefined : meshBefore;
  const type = fromTo(before?.type, mesh.type);
  return escapeText(`${type} ${fromTo(before?.version, mesh.version)} (${fromTo(before?.mode, mesh.mode)})`);
}

/** `1.30.2 → 1.31.0`, or the version alone where it stays or nothing was there. */
export function describeVersions({ mesh, meshBefore }: MeshTransition): string {
  return escapeText(fromTo(meshBefore?.version, mesh.version));
}

/** `revision default → 1-31-0`, where another control plane takes over. */
export function describeRevisions({ mesh, meshBefore }: MeshTransition): string[] {
  if (meshBefore === undefined || meshBefore.revision === mesh.revision) return [];
  return [escapeText(`revision ${meshBefore.revision} → ${mesh.revision}`)];
}

function fromTo(before: string | undefined, after: string): string {
  return before === undefined || before === after ? after : `${before} → ${after}`;
}

/** Whether a plan takes the mesh away, which has no way back. */
export function isUninstall({ purpose }: Pick<Plan, 'purpose'>): boolean {
  return purpose === Purpose.uninstall;
}
