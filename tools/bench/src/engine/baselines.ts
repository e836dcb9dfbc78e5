import {
  type BaselineInput,
  type BaselineStatus,
  TaskQueue,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import type { TemporalConnection } from '@meshwright/temporal';

/** Long enough for every comparison; one that lasts longer has a worker that does not come back. */
const longest = '30 minutes';

/** A baseline that was measured. */
export interface MeasuredBaseline {
  status: BaselineStatus;
  /** Under which it is in the results database. */
  runId: string;
  /** From before the workflow was asked for until its result was here, which is after it was kept. */
  milliseconds: number;
  /** Trials that were run for it, the repeated ones too. */
  trials: number;
}

/** Has the engine measure a baseline, as `meshwright measure` does. It is cancelled when it is not waited for any longer. */
export async function measureBaseline(
  { client }: TemporalConnection,
  input: BaselineInput,
  signal: AbortSignal,
): Promise<MeasuredBaseline> {
  signal.throwIfAborted();
  const begun = performance.now();
  const handle = await client.workflow.start(WorkflowType.performanceBaseline, {
    workflowId: workflowId.baseline(input.name),
    taskQueue: TaskQueue.orchestrator,
    args: [input],
    workflowExecutionTimeout: longest,
  });
  try {
    const status = (await client.withAbortSignal(signal, () => handle.result())) as BaselineStatus;
    const milliseconds = performance.now() - begun;
    const { events } = await handle.fetchHistory();
    const trials = (events ?? []).filter(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'runTrial',
    );
    return { status, runId: handle.firstExecutionRunId, milliseconds, trials: trials.length };
  } catch (error) {
    await handle.cancel().catch(() => undefined);
    throw error;
  }
}
