import {
  CancellationScope,
  defineQuery,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  failureOf,
  Message,
  Phase,
  StageKind,
  StageState,
  type ChangeStatus,
  type Failure,
  type PlanSummary,
  type StageProgress,
  type StageSummary,
} from '@meshwright/model';
import { failRun, setAttributes, targetActivities } from '@meshwright/workflow-kit';
import { changeDetails } from './details.ts';
import type { MeshChangeInput } from './input.ts';

const changeStatus = defineQuery<ChangeStatus>(Message.changeStatus);

/** Above the time a stage may take by itself: for being picked up, and for saying why it did not become healthy. */
const stageMarginSeconds = 120;
const planSeconds = 600;
/** How long to try to find out what a failed change left behind, before its end is reported without. */
const listOwnedSeconds = 60;

/**
 * Carries out the plan of one target, stage by stage: each applied, then verified, before the next one starts. Its
 * workflow id is the lock on the mesh of that target. A stage that fails ends the run as Failed, with the stage, the
 * reason, and what exists on the target; the status is the second detail of the failure. A cancelled run ends as
 * Cancelled at the stage it had come to.
 */
export async function meshChange(input: MeshChangeInput): Promise<ChangeStatus> {
  const status = initialStatus(input);
  setHandler(changeStatus, () => status);
  const publish = (): void => {
    setCurrentDetails(changeDetails(input, status, workflowInfo().namespace));
  };
  const enter = (phase: Phase): void => {
    status.phase = phase;
    setAttributes({ phase });
    publish();
  };
  const { repository, pattern, cluster, commit } = input;
  setAttributes({ repository, pattern, cluster, commit, mesh: status.mesh });
  enter(Phase.changing);
  try {
    if (input.planAgain) {
      const agreed = await planUnderLock(input, status, publish);
      if (!agreed) {
        enter(Phase.awaitingApproval);
        return status;
      }
    }
    await runStages(input, status, publish);
  } catch (error) {
    await describeEnd(input, status, error);
    enter(isCancellation(error) ? Phase.cancelled : Phase.failed);
    if (isCancellation(error)) throw error;
    throw failRun(status.failure ?? failureOf(error), status);
  }
  enter(Phase.succeeded);
  return status;
}

function initialStatus({ cluster, plan }: MeshChangeInput): ChangeStatus {
  return { cluster, mesh: plan.mesh.type, phase: Phase.changing, plan, stages: pendingStages(plan) };
}

function pendingStages(plan: PlanSummary): StageProgress[] {
  return plan.stages.map(({ id, title }) => ({ id, title, state: StageState.pending }));
}

/** Plans again, now that nobody else changes the target. False when the new plan is not the one that was approved. */
async function planUnderLock(
  input: MeshChangeInput,
  status: ChangeStatus,
  publish: () => void,
): Promise<boolean> {
  const { cluster, pattern, repository, commit, snapshot } = input;
  status.waitingFor = `a new plan, because another run has changed ${cluster}`;
  publish();
  const what = `plan ${status.mesh} on ${cluster} again`;
  const { planChange } = targetActivities({ cluster, what, attemptSeconds: planSeconds });
  const plan = await planChange({ cluster, pattern, repository, commit, snapshot });
  delete status.waitingFor;
  status.plan = plan;
  status.stages = pendingStages(plan);
  return plan.digest === input.plan.digest || !input.approvalRequired;
}

async function runStages(input: MeshChangeInput, status: ChangeStatus, publish: () => void): Promise<void> {
  const plan = status.plan ?? input.plan;
  for (const stage of plan.stages) {
    const progress = progressOf(status, stage.id);
    progress.startedAt = Date.now();
    await runStage(plan, stage, (state, note) => {
      progress.state = state;
      if (note !== undefined) progress.note = note;
      status.waitingFor = `stage "${stage.title}" (${state})`;
      publish();
    });
    progress.finishedAt = Date.now();
  }
  delete status.waitingFor;
}

/** Applies and verifies one stage, telling each step. */
async function runStage(
  plan: PlanSummary,
  stage: StageSummary,
  tell: (state: StageState, note?: string) => void,
): Promise<void> {
  const { cluster } = plan;
  const input = { cluster, plan: plan.digest, stage: stage.id };
  const attemptSeconds = stage.timeoutSeconds + stageMarginSeconds;
  const call = (what: string): ReturnType<typeof targetActivities> =>
    targetActivities({ cluster, what: `${what} "${stage.title}" on ${cluster}`, attemptSeconds });
  if (stage.kind !== StageKind.verify) {
    tell(StageState.applying);
    const { note } = await call(stage.kind).applyStage(input);
    tell(StageState.verifying, note);
  } else {
    tell(StageState.verifying);
  }
  const { note } = await call('verify').verifyStage(input);
  tell(StageState.done, note);
}

function progressOf(status: ChangeStatus, id: string): StageProgress {
  const progress = status.stages.find((stage) => stage.id === id);
  if (progress === undefined) throw new Error(`The plan has no stage ${id}.`);
  return progress;
}

/** Notes at which stage the change stopped and why, and asks what it left behind, also when it is being cancelled. */
async function describeEnd(input: MeshChangeInput, status: ChangeStatus, error: unknown): Promise<void> {
  delete status.waitingFor;
  const stopped = status.stages.find(
    ({ state }) => state === StageState.applying || state === StageState.verifying,
  );
  if (stopped !== undefined) {
    stopped.state = StageState.failed;
    stopped.finishedAt = Date.now();
  }
  const failure = isCancellation(error) ? cancelled(input, stopped) : failureOf(error);
  status.failure = { ...failure, ...(stopped === undefined ? {} : { stage: stopped.id }) };
  const touched = status.stages.some(({ state }) => state !== StageState.pending);
  if (!touched) return;
  await CancellationScope.nonCancellable(async () => {
    try {
      status.owned = await listOwned(input);
    } catch (listing) {
      const lines = failure.lines ?? [];
      status.failure = {
        ...failure,
        ...status.failure,
        lines: [
          ...lines,
          `What exists on ${input.cluster} could not be listed: ${failureOf(listing).message}`,
        ],
      };
    }
  });
}

function listOwned({ cluster, pattern }: MeshChangeInput): Promise<NonNullable<ChangeStatus['owned']>> {
  const what = `list what ${pattern} owns on ${cluster}`;
  const limits = { attemptSeconds: 30, altogetherSeconds: listOwnedSeconds };
  return targetActivities({ cluster, what, ...limits }).listOwned({ cluster, pattern });
}

function cancelled({ cluster }: MeshChangeInput, stopped: StageProgress | undefined): Failure {
  const place = stopped === undefined ? 'before a stage began' : `at stage "${stopped.title}"`;
  return {
    code: 'CANCELLED',
    message: `The change of ${cluster} was cancelled ${place}.`,
    remedy: 'Start the rollout again to go on: stages that are done are found unchanged.',
  };
}
