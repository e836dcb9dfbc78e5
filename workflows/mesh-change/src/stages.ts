import { StageKind, StageState, type StageProgress, type StageSummary } from '@meshwright/model';
import { targetActivities } from '@meshwright/workflow-kit';
import { planOf, publish, type Change } from './change.ts';

/** Above the time a stage may take by itself: for being picked up, and for saying why it did not become healthy. */
const stageMarginSeconds = 120;

/**
 * Applies and verifies one stage, of the way forward or back, and keeps its progress. A stage that is run again says when
 * it first began, so that it restarts nothing twice.
 */
export async function runStage(change: Change, stage: StageSummary, progress: StageProgress): Promise<void> {
  const { cluster, digest } = planOf(change);
  progress.startedAt ??= Date.now();
  delete progress.finishedAt;
  delete progress.note;
  const tell = (state: StageState, note?: string): void => {
    progress.state = state;
    if (note !== undefined) progress.note = note;
    change.status.waitingFor = `stage "${stage.title}" (${state})`;
    publish(change);
  };
  const input = { cluster, plan: digest, stage: stage.id, at: progress.startedAt };
  const attemptSeconds = stage.timeoutSeconds + stageMarginSeconds;
  const call = (what: string): ReturnType<typeof targetActivities> =>
    targetActivities({ cluster, what: `${what} "${stage.title}" on ${cluster}`, attemptSeconds });
  let applied = '';
  if (stage.kind !== StageKind.verify) {
    tell(StageState.applying);
    applied = (await call(stage.kind).applyStage(input)).note;
    tell(StageState.verifying, applied);
  } else {
    tell(StageState.verifying);
  }
  const { note } = await call('verify').verifyStage(input);
  progress.finishedAt = Date.now();
  delete change.status.waitingFor;
  progress.state = StageState.done;
  progress.note = [applied, note].filter((text) => text !== '').join('; ');
  publish(change);
}

/** Marks a stage that did not come to its end; one that never began stays as it is. */
export function markFailed(progress: StageProgress): void {
  if (progress.startedAt === undefined) return;
  progress.state = StageState.failed;
  progress.finishedAt = Date.now();
}

/** Whether anything of a stage may have been done: from the moment it is handed to the cluster's agent. */
export function hasBegun({ startedAt }: StageProgress): boolean {
  return startedAt !== undefined;
}
