import { ApplicationFailure } from '@temporalio/common';
import type { ErrorDetails, Failure } from '@meshwright/model';

/**
 * The failure that ends a run as Failed in Temporal's list. Its first detail is what `failureOf` reads back, its
 * second the status of the run, so that both can be had without asking a worker.
 */
export function failRun(failure: Failure, status: object): ApplicationFailure {
  const { code, message, remedy, where, stage, lines } = failure;
  const details: ErrorDetails & { stage?: string } = {
    ...(remedy === undefined ? {} : { remedy }),
    ...(where === undefined ? {} : { where }),
    ...(stage === undefined ? {} : { stage }),
    ...(lines === undefined ? {} : { lines }),
  };
  return ApplicationFailure.create({ type: code, message, nonRetryable: true, details: [details, status] });
}
