import { Command, failureOf, type Failure, type StageProgress } from '@meshwright/model';
import type { Change } from './change.ts';

/** A failure with further lines. */
export function withLines(failure: Failure, ...lines: string[]): Failure {
  return { ...failure, lines: [...(failure.lines ?? []), ...lines] };
}

/**
 * Why a change turned that a person turned back or cancelled, at the stage it had come to. What else went wrong at that
 * moment becomes a line.
 */
export function turnedBack({ input, orders }: Change, stage?: StageProgress, also?: Error): Failure {
  const { turn } = orders;
  const what = turn?.command === Command.rollback ? 'taken back' : 'cancelled';
  const by = turn === undefined ? '' : ` by ${turn.identity}`;
  const why = turn?.reason === undefined ? '' : `: ${turn.reason}`;
  const begun = stage?.startedAt !== undefined;
  const failure: Failure = {
    code: 'CANCELLED',
    message: `The change of ${input.cluster} was ${what}${by} ${placeOf(stage)}${why}`,
    remedy: 'Start the rollout again to go on: stages that are done are found unchanged.',
    ...(begun ? { stage: stage.id } : {}),
  };
  return also === undefined
    ? failure
    : withLines(failure, `The stage failed meanwhile: ${failureOf(also).message}`);
}

function placeOf(stage: StageProgress | undefined): string {
  if (stage === undefined) return 'after its last stage';
  return stage.startedAt === undefined ? `before stage "${stage.title}"` : `at stage "${stage.title}"`;
}
