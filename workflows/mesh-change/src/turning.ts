import { isCancellation } from '@temporalio/workflow';
import type { TemporalFailure } from '@temporalio/common';
import { Command, OnFailure, Phase, type Failure, type StageProgress } from '@meshwright/model';
import type { Change, Turn } from './change.ts';
import { hasWayBack } from './commands.ts';
import { turnedBack } from './failures.ts';
import { hasBegun } from './stages.ts';

/**
 * Where a change leads whose way forward was called off by a person or from outside: the way back, unless there is none
 * or nobody wants it. What else went wrong at that moment becomes a line.
 */
export function afterTurn(change: Change, stage?: StageProgress, error?: TemporalFailure): Turn {
  const { input, orders, status } = change;
  const also = error === undefined || isCancellation(error) ? undefined : error;
  const failure: Failure = turnedBack(change, stage, also);
  const wanted = orders.turn?.command === Command.rollback || input.onFailure === OnFailure.rollback;
  return wanted && hasWayBack(change) && status.stages.some(hasBegun)
    ? { to: 'back', failure }
    : { to: 'end', phase: Phase.cancelled, failure };
}
