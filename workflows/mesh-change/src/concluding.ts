import { CancellationScope, condition } from '@temporalio/workflow';
import { TemporalFailure } from '@temporalio/common';
import { failureOf, Purpose, type ConcludeInput } from '@meshwright/model';
import { targetActivities } from '@meshwright/workflow-kit';
import { planOf, publish, type Change } from './change.ts';

const attemptSeconds = 60;
/** How long to leave a target alone that refuses the record, which is tried for as long as it takes. */
const pauseSeconds = { first: 5, longest: 600 };

/**
 * Records on the target how the change ended and which commit is held. Whatever keeps it from being written, it is tried
 * again, with the lock held: a hold that got lost would repeat a change that is known to fail.
 */
export async function conclude(
  change: Change,
  { outcome, hold }: Pick<ConcludeInput, 'outcome' | 'hold'>,
): Promise<void> {
  const { input, status } = change;
  const { cluster, rollout, commit } = input;
  const what = `record on ${cluster} that ${describeOutcome(change, outcome)}`;
  const { concludeChange } = targetActivities({ cluster, what, attemptSeconds });
  const record = { cluster, plan: planOf(change).digest, rollout, commit, outcome, at: Date.now() };
  await CancellationScope.nonCancellable(async () => {
    for (let wait = pauseSeconds.first; ; wait = Math.min(wait * 2, pauseSeconds.longest)) {
      try {
        await concludeChange({ ...record, ...(hold === undefined ? {} : { hold }) });
        break;
      } catch (error) {
        if (!(error instanceof TemporalFailure)) throw error;
        status.waitingFor = `its record on ${cluster}, which is tried again: ${failureOf(error).message}`;
        publish(change);
        await condition(() => false, wait * 1_000);
      }
    }
    delete status.waitingFor;
  });
}

/** Nothing leads back from an uninstall: it was carried out, or never comes here. */
function describeOutcome(change: Change, outcome: ConcludeInput['outcome']): string {
  const { pattern } = change.input;
  if (outcome !== 'kept') return `the change of ${pattern} was rolled back`;
  return planOf(change).purpose === Purpose.uninstall
    ? `${pattern} was uninstalled`
    : `the change of ${pattern} was kept`;
}
