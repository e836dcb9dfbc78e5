import { type Judgement, usualLooks, Verdict } from '@meshwright/model';
import type { Block, Comparison } from './comparison.ts';
import { judge } from './judge.ts';
import { falseAlarmPerLook } from './looks.ts';
import { seededRandom } from './random.ts';

/** How a comparison grows until it can be judged. */
export interface Sequence {
  /** The numbers of valid blocks at which it is judged; 7, 10, 13 and 16 unless told. */
  looks?: readonly number[];
  /** For the order of the arms in each block. */
  seed: number;
}

/** What comes next: a block, with its arms in this order, or the end. */
export type SequenceStep =
  | { kind: 'block'; order: readonly ['a', 'b'] | readonly ['b', 'a'] }
  | { kind: 'done'; judgement: Judgement };

/** So many blocks may be lost before a comparison ends with what it has. */
const mostLost = 4;

/**
 * What comes next in a comparison that has these blocks so far. It is judged at its looks, which share the chance of a
 * false alarm, and ends at the first that decides, or at the last.
 */
export function nextStep(comparison: Comparison, { looks = usualLooks, seed }: Sequence): SequenceStep {
  const { blocks } = comparison;
  const valid = blocks.filter(isUsable).length;
  const last = looks.at(-1) ?? 0;
  const newest = blocks.at(-1);
  const isLook = looks.includes(valid) && newest !== undefined && isUsable(newest);
  const isOver = valid >= last || blocks.length >= last + mostLost;
  if (isLook || isOver) {
    const judgement = judge(comparison, { falseAlarm: falseAlarmPerLook(looks), seed });
    if (isOver || judgement.verdict !== Verdict.inconclusive) return { kind: 'done', judgement };
  }
  return { kind: 'block', order: orderOf(blocks.length, seed) };
}

/** Whether all trials of a block may be judged, those of a control too. */
function isUsable({ a, b, controlA, controlB }: Block): boolean {
  return [a, b, controlA, controlB].every((trial) => trial?.valid !== false);
}

/** Drawn for each block by itself, so that it is the same however often it is asked for. */
function orderOf(block: number, seed: number): readonly ['a', 'b'] | readonly ['b', 'a'] {
  return seededRandom(seed * 1_000 + block).next() < 0.5 ? ['a', 'b'] : ['b', 'a'];
}
