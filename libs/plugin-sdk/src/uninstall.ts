import { PlanAction } from '@meshwright/model';
import { type ForeignRules, isForeign } from './foreign.ts';
import type { MeshChange, MeshPlan } from './mesh.ts';

/** What one mesh adds to the plan of an uninstallation. */
export interface OwnUninstallation {
  /** The revision where nothing of ours runs. */
  revision: string;
  /** Looks that come once the workloads have left, before anything is deleted. */
  settle?: MeshPlan['settle'];
  confirmations?: string[];
  warnings?: string[];
}

/**
 * The plan of an uninstallation, whose stages are the engine's: what goes is ours in the version that runs, and what is
 * wrong with it and what others keep are told.
 */
export function planOfUninstall(
  { snapshot, installations }: MeshChange,
  { describe }: Pick<ForeignRules, 'describe'>,
  { revision, settle = [], confirmations = [], warnings = [] }: OwnUninstallation,
): MeshPlan {
  const ours = installations.filter((installation) => !isForeign(installation));
  const [running] = ours;
  return {
    action: PlanAction.uninstall,
    version: running?.version ?? snapshot.pattern.spec.mesh.version,
    revision: running?.revision ?? revision,
    prepare: [],
    switchOver: [],
    settle,
    preflight: [],
    confirmations,
    warnings: [
      ...ours.flatMap(({ notes }) => notes),
      ...installations.filter(isForeign).map((other) => `${describe(other)} stays as it is.`),
      ...warnings,
    ],
  };
}
