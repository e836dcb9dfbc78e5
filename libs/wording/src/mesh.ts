import { type MeshTransition, type Plan, Purpose } from '@meshwright/model';
import { escapeText } from './text.ts';

/** `revision default → 1-31-0`, where another control plane takes over. */
export function describeRevisions({
  mesh,
  meshBefore,
}: Pick<MeshTransition, 'mesh' | 'meshBefore'>): string[] {
  if (meshBefore === undefined || meshBefore.revision === mesh.revision) return [];
  return [escapeText(`revision ${meshBefore.revision} → ${mesh.revision}`)];
}

/** Whether a plan takes the mesh away, which has no way back. */
export function isUninstall({ purpose }: Pick<Plan, 'purpose'>): boolean {
  return purpose === Purpose.uninstall;
}
