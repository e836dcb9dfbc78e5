import { CancellationScope } from '@temporalio/workflow';
import { TemporalFailure } from '@temporalio/common';
import { Message, type Intervention } from '@meshwright/model';
import type { Rollout, RunningChange } from './state.ts';

/** Tells a change that has just started what was asked while it was being started. */
export async function tellOrders(rollout: Rollout, change: RunningChange): Promise<void> {
  const { pause, ended, supersededBy } = rollout;
  if (pause !== undefined) await tell(change, Message.command, pause);
  if (ended !== undefined) await tell(change, Message.command, ended);
  if (supersededBy !== undefined) await tell(change, Message.superseded, supersededBy);
}

/** Tells all changes that run, also when the rollout is being cancelled. */
export async function tellAll(
  { changes }: Rollout,
  message: typeof Message.command | typeof Message.superseded,
  word: Intervention | string,
): Promise<void> {
  await Promise.all([...changes.values()].map((change) => tell(change, message, word)));
}

/** Tells one change, also when the rollout is being cancelled; one that has ended hears nothing. */
export function tell(change: RunningChange, message: string, word: Intervention | string): Promise<void> {
  return CancellationScope.nonCancellable(async () => {
    try {
      await change.signal(message, word);
    } catch (error) {
      // It has ended meanwhile, and the rollout is about to learn how.
      if (!(error instanceof TemporalFailure)) throw error;
    }
  });
}
