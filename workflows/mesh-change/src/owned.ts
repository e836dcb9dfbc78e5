import { CancellationScope } from '@temporalio/workflow';
import { TemporalFailure } from '@temporalio/common';
import { failureOf, type OwnedObjects } from '@meshwright/model';
import { targetActivities } from '@meshwright/workflow-kit';
import type { Change } from './change.ts';
import { withLines } from './failures.ts';

/** How long to try to find out what a failed change left behind, before it is reported without. */
const listOwnedSeconds = 60;

/** Notes what exists on the target and belongs to the pattern, also when the run is being cancelled. */
export async function noteOwned({ input, status }: Change): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    try {
      status.owned = await listOwned(input);
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      if (status.failure === undefined) return;
      const line = `What exists on ${input.cluster} could not be listed: ${failureOf(error).message}`;
      status.failure = withLines(status.failure, line);
    }
  });
}

function listOwned({ cluster, pattern }: Change['input']): Promise<OwnedObjects> {
  const what = `list what ${pattern} owns on ${cluster}`;
  const limits = { attemptSeconds: 30, altogetherSeconds: listOwnedSeconds };
  return targetActivities({ cluster, what, ...limits }).listOwned({ cluster, pattern });
}
