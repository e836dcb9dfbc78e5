import { Change, Contrast, type PerformanceProfile, PlanAction } from '@meshwright/model';
import type { Enrollment } from '@meshwright/plugin-sdk';
import { hasWork } from '../stage.ts';
import type { Planning } from '../target.ts';
import type { Planned } from './plan-gate.ts';
import type { UsedProbes } from './used-probes.ts';

/** How a change can be measured, and why so. */
export interface Chosen {
  contrast: Contrast;
  reason: string;
  /** With both control planes live after this stage. */
  afterStage?: string;
  /** How namespaces join each of them. */
  enrollments?: { a: Enrollment; b: Enrollment };
}

/**
 * The contrast that a profile asks for, or with `auto` the strongest; where the change does not allow the one that is
 * asked for, the strongest that it does, with the reason.
 */
export function chooseContrast(
  planning: Planning,
  planned: Planned,
  { profile, used }: { profile: PerformanceProfile; used: UsedProbes | undefined },
): Chosen {
  const { contrast: asked, probes } = profile.spec;
  if (asked === Contrast.toggled && isSwitchable(planned)) {
    return {
      contrast: Contrast.toggled,
      reason: 'the change is switched on and off, and measured once it has arrived',
    };
  }
  const creates = probes?.create === true;
  const live = creates ? bothLive(planning, planned) : undefined;
  const controlled = creates || used?.control !== undefined;
  if (live !== undefined && (asked === 'auto' || asked === Contrast.concurrent)) return live;
  const short = asked === 'auto' ? '' : (shortcomings[asked] ?? '');
  if (controlled && asked !== Contrast.advisory) {
    const reason = `${short}before and after, less what a control saw that the change does not touch`;
    return { contrast: Contrast.controlled, reason };
  }
  const why = asked === Contrast.advisory ? 'as the profile asks' : `${short}the profile has no control`;
  return {
    contrast: Contrast.advisory,
    reason: `before and after alone, ${why}: a regression is held for a person, never taken back by itself`,
  };
}

const shortcomings: Partial<Record<Contrast, string>> = {
  [Contrast.concurrent]: 'D1 was asked for, and there are not two control planes to measure; ',
  [Contrast.toggled]:
    'D2 was asked for, and only a change of configuration that restarts nothing is switched; ',
};

/** Whether a change can be taken back and made again without disturbing anybody. */
function isSwitchable({ action, compared }: Planned): boolean {
  const working = compared.filter(({ compared: objects, stage }) => {
    const changes = objects.some(({ change }) => change.change !== Change.unchanged);
    return changes || stage.restarts.length + stage.deletes.length > 0;
  });
  return (
    action === PlanAction.configure &&
    working.every(
      ({ part, stage }) => part === 'change' && stage.restarts.length + stage.deletes.length === 0,
    )
  );
}

/** A control plane beside the one of before, both of which take namespaces in by their revisions. */
function bothLive(
  { plugin, snapshot }: Planning,
  { mesh, meshBefore, compared }: Planned,
): Chosen | undefined {
  const prepared = compared.findLast(({ part, stage }) => part === 'prepare' && hasWork(stage));
  if (prepared === undefined || meshBefore === undefined || meshBefore.revision === mesh.revision)
    return undefined;
  if (!plugin.capabilities.canaryUpgrade || !('enrollAt' in plugin)) return undefined;
  const a = plugin.enrollAt(meshBefore.revision, snapshot.pattern.spec.mesh);
  const b = plugin.enrollAt(mesh.revision, snapshot.pattern.spec.mesh);
  if (a === undefined || b === undefined) return undefined;
  return {
    contrast: Contrast.concurrent,
    reason: `pods of the revisions ${meshBefore.revision} and ${mesh.revision} at the same time, before any workload moves`,
    afterStage: prepared.stage.id,
    enrollments: { a, b },
  };
}
