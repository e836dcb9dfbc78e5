import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { endSink, type EndSink } from '@meshwright/model';
import type { Metrics } from '@meshwright/telemetry';
import type { ActivityInterceptors, InjectedSinks } from '@temporalio/worker';

/** Tells of every attempt at an activity how it ended and how long it took. */
export function measureActivities(metrics: Metrics): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        const name = activityInfo().activityType;
        const startedAt = performance.now();
        const seconds = (): number => (performance.now() - startedAt) / 1_000;
        try {
          const result = await next(input);
          metrics.activityEnded({ name, outcome: 'completed', seconds: seconds() });
          return result;
        } catch (error) {
          metrics.activityEnded({ name, ...endingOf(error), seconds: seconds() });
          throw error;
        }
      },
    },
  };
}

function endingOf(error: unknown): { outcome: 'failed' | 'cancelled'; code?: string } {
  if (error instanceof CancelledFailure) return { outcome: 'cancelled' };
  const type = error instanceof ApplicationFailure ? error.type : undefined;
  return { outcome: 'failed', code: type ?? 'INTERNAL' };
}

/** Takes what workflows tell of their end. Without metrics it is taken all the same, and forgotten. */
export function tellEnds(
  metrics: Metrics | undefined,
): InjectedSinks<{ [endSink]: Pick<EndSink, keyof EndSink> }> {
  return {
    [endSink]: {
      rolloutEnded: {
        fn: (_info, rollout) => metrics?.rolloutEnded(rollout),
        callDuringReplay: false,
      },
      changeEnded: {
        fn: (_info, change) => metrics?.changeEnded(change),
        callDuringReplay: false,
      },
    },
  };
}
