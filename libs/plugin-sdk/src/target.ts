import { MeshwrightError, PlanAction } from '@meshwright/model';
import type { Installation } from './mesh.ts';

/** Where a change leads. */
export interface MeshTarget {
  action: PlanAction;
  version: string;
  /** What runs now, and new workloads join. */
  from?: Installation;
}

/** A refusal of what a mesh cannot do, with what to do instead. */
export function unsupported(message: string, remedy: string): MeshwrightError {
  return new MeshwrightError('UNSUPPORTED', message, { remedy });
}

/** The warning of a change that goes back to an older version; of any other, none. */
export function rollBackWarnings(mesh: string, { action, from, version }: MeshTarget): string[] {
  if (action !== PlanAction.rollBack || from === undefined) return [];
  return [
    `${mesh} goes back from ${from.version} to ${version}: what only the newer one knows, such as a field of a resource, is no longer read.`,
  ];
}
