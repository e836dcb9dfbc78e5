import { isCancellation, workflowInfo } from '@temporalio/workflow';
import { type BaselineContext, type BaselineInput, type BaselineStatus, failureOf } from '@meshwright/model';
import { costFigures } from '@meshwright/statistics';
import { keepingActivities } from '@meshwright/workflow-kit';

/** What is kept beside a baseline's input and status. */
export interface Keeping {
  /** Its own for ever. */
  id: string;
  context: Omit<BaselineContext, 'workflow'>;
  /** Milliseconds since 1970. */
  startedAt: number;
}

/**
 * Waits for the results database to keep a baseline. Undefined once it has; why not, where it refuses for good: a verdict
 * stands without it.
 */
export async function keepBaseline(
  input: BaselineInput,
  status: BaselineStatus,
  { id, context, startedAt }: Keeping,
): Promise<string | undefined> {
  const { workflowId, runId } = workflowInfo();
  const costs = costFigures(status.blocks);
  try {
    await keepingActivities('keep the baseline').keepBaseline({
      id,
      context: { workflow: { id: workflowId, runId }, ...context },
      input,
      status,
      startedAt,
      endedAt: Date.now(),
      ...(costs.length === 0 ? {} : { costs }),
    });
    return undefined;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return failureOf(error).message;
  }
}
