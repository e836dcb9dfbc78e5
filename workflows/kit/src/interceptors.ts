import { proxySinks, workflowInfo, type WorkflowInterceptors } from '@temporalio/workflow';
import { endSink, type EndSink } from '@meshwright/model';
import { countedOf, statusOfFailure } from './ends.ts';

/**
 * Tells the worker how a run ended, for its metrics. A sink writes nothing to the history and is silent on replay, so
 * runs of before and after behave the same. The SDK takes this export from the bundle.
 */
export function interceptors(): WorkflowInterceptors {
  return {
    inbound: [
      {
        async execute(input, next) {
          try {
            const status = await next(input);
            tellEnd(input.args[0], status);
            return status;
          } catch (error) {
            tellEnd(input.args[0], statusOfFailure(error));
            throw error;
          }
        },
      },
    ],
  };
}

function tellEnd(input: unknown, status: unknown): void {
  if (status === undefined) return;
  const { workflowType, startTime } = workflowInfo();
  const seconds = (Date.now() - startTime.getTime()) / 1_000;
  const counted = countedOf({ workflowType, input, status, seconds });
  if (counted === undefined) return;
  const sinks = proxySinks<{ [endSink]: Pick<EndSink, keyof EndSink> }>()[endSink];
  if ('rollout' in counted) sinks.rolloutEnded(counted.rollout);
  else sinks.changeEnded(counted.change);
}
