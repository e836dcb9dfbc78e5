import type { Arm, BaselineBlock } from '@meshwright/model';
import { isPositive } from './figures.ts';
import { isValid, type MeasuredBaseline, measuredOf } from './measured.ts';

/** B over A in one block. */
export interface BlockRatio {
  /** The first is 1. */
  block: number;
  first: Arm;
  /** Absent where the block could not be used. */
  ratio: number | undefined;
  isValid: boolean;
}

/** B over A of a metric in each block, in their order. */
export function ratiosOf({ status }: MeasuredBaseline, metric: string): BlockRatio[] {
  return status.blocks.map((block, place) => {
    const valid = isValid(block.a) && isValid(block.b);
    return {
      block: place + 1,
      first: block.order[0],
      ratio: valid ? ratioOf(block, metric) : undefined,
      isValid: valid,
    };
  });
}

function ratioOf({ a, b }: BaselineBlock, metric: string): number | undefined {
  const [left, right] = [measuredOf(a, metric), measuredOf(b, metric)];
  if (!isPositive(left) || !isPositive(right)) return undefined;
  return isPositive(right / left) ? right / left : undefined;
}
