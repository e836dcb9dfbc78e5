import {
  CancellationScope,
  getExternalWorkflowHandle,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import { TemporalFailure } from '@temporalio/common';
import {
  Message,
  Phase,
  StageState,
  type ChangeStatus,
  type Failure,
  type Intervention,
  type PlanSummary,
  type StageProgress,
} from '@meshwright/model';
import { setAttributes } from '@meshwright/workflow-kit';
import { changeDetails } from './details.ts';
import type { MeshChangeInput } from './input.ts';

/** A change while it runs: what it was started with, what it tells, and what people have asked of it. */
export interface Change {
  input: MeshChangeInput;
  status: ChangeStatus;
  orders: Orders;
}

/** What people have asked and the change has not answered yet. */
export interface Orders {
  /** To wait before the next stage. */
  pause?: Intervention;
  /** To turn back, or to end, while it goes forward. */
  turn?: Intervention;
  /** Why the way forward was called off because requests failed. */
  burst?: Failure;
  /** How it goes on, while it is stopped. */
  decision?: Intervention;
  /** The newer rollout of the same pattern, once there is one. */
  supersededBy?: string;
  /** The stages of the way forward run in here; cancelled when somebody turns the change back. */
  forward: CancellationScope;
  /** True once all stages are done: from then on the change is kept. */
  settled: boolean;
}

/** How a change ends. */
export type Ending =
  | { to: 'kept' }
  | {
      to: 'end';
      phase: typeof Phase.failed | typeof Phase.cancelled | typeof Phase.rolledBack;
      failure: Failure;
    };

/** Where the way forward has led. */
export type Turn = Ending | { to: 'back'; failure: Failure };

/** A change that has done nothing yet. */
export function beginChange(input: MeshChangeInput): Change {
  const { cluster, plan } = input;
  return {
    input,
    status: {
      cluster,
      mesh: plan.mesh.type,
      phase: Phase.changing,
      plan,
      stages: plan.stages.map(pending),
      interventions: [],
    },
    orders: { forward: new CancellationScope(), settled: false },
  };
}

/** The plan as it is carried out. */
export function planOf({ input, status }: Change): PlanSummary {
  return status.plan ?? input.plan;
}

/** The progress of a stage that has not begun. */
export function pending({ id, title }: { id: string; title: string }): StageProgress {
  return { id, title, state: StageState.pending };
}

/** Shows the status in the Temporal UI. */
export function publish({ input, status }: Change): void {
  setCurrentDetails(changeDetails(input, status, workflowInfo().namespace));
}

/** Goes into a phase. */
export function enter(change: Change, phase: Phase): void {
  change.status.phase = phase;
  setAttributes({ phase });
  publish(change);
}

/**
 * Goes into a phase that the rollout cannot know by itself, and tells it. Returns when the rollout has been told, so that
 * it hears of the phases in their order.
 */
export async function announce(change: Change, phase: Phase): Promise<void> {
  enter(change, phase);
  const { parent } = workflowInfo();
  if (parent === undefined) return;
  await CancellationScope.nonCancellable(async () => {
    try {
      const rollout = getExternalWorkflowHandle(parent.workflowId, parent.runId);
      await rollout.signal(Message.changeMoved, change.status);
    } catch (error) {
      // The rollout was ended from outside; the change comes to its end without it.
      if (!(error instanceof TemporalFailure)) throw error;
    }
  });
}
