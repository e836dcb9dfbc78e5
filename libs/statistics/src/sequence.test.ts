import { Contrast, Verdict } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import type { Block, Comparison } from './comparison.ts';
import { nextStep, type SequenceStep } from './sequence.ts';

const metrics = [{ name: 'p99', unit: 'ms', limit: { relative: 0.1, absolute: 0.5 } }];

function comparison(blocks: readonly Block[]): Comparison {
  return { id: 'x', contrast: Contrast.concurrent, metrics, blocks };
}

function block(ratio: number, valid = true): Block {
  return { a: { valid: true, measured: { p99: 20 } }, b: { valid, measured: { p99: 20 * ratio } } };
}

/** Grows a comparison by blocks until it is done. */
function grow(next: (place: number) => Block): { blocks: Block[]; step: SequenceStep } {
  const blocks: Block[] = [];
  for (;;) {
    const step = nextStep(comparison(blocks), { seed: 1 });
    if (step.kind === 'done') return { blocks, step };
    blocks.push(next(blocks.length));
  }
}

describe('a comparison that grows', () => {
  it('ends at the first look that decides', () => {
    const { blocks, step } = grow((place) => block(1.3 + place / 100));
    expect(blocks).toHaveLength(7);
    expect(step).toMatchObject({ judgement: { verdict: Verdict.regressed } });
  });

  it('goes on to the last look while nothing is certain', () => {
    const { blocks, step } = grow((place) => block(place % 2 === 0 ? 0.8 : 1.3));
    expect(blocks).toHaveLength(16);
    expect(step).toMatchObject({ judgement: { verdict: Verdict.inconclusive } });
  });

  it('does not count blocks that were lost, and ends when too many are', () => {
    const some = grow((place) => block(1.3 + place / 100, place % 3 !== 1));
    expect(some.blocks.filter(({ b }) => b.valid)).toHaveLength(7);
    const all = grow(() => block(1.3, false));
    expect(all.blocks).toHaveLength(20);
    expect(all.step).toMatchObject({ judgement: { verdict: Verdict.inconclusive } });
  });

  it('does not count a block whose control was lost', () => {
    const control = (valid: boolean) => ({ valid, measured: { p99: 20 } });
    const { blocks } = grow((place) => ({
      ...block(1.3 + place / 100),
      controlA: control(true),
      controlB: control(place !== 2),
    }));
    expect(blocks).toHaveLength(8);
  });

  it('draws the order of the arms, the same for the same seed', () => {
    const orders = (seed: number): string[] =>
      Array.from({ length: 7 }, (_, place) => {
        const step = nextStep(comparison(Array.from({ length: place }, () => block(1))), { seed });
        return step.kind === 'block' ? step.order[0] : step.kind;
      });
    expect(orders(1)).toEqual(orders(1));
    expect(new Set(Array.from({ length: 20 }, (_, seed) => orders(seed).join()))).not.toHaveProperty(
      'size',
      1,
    );
    expect(new Set(orders(3))).toEqual(new Set(['a', 'b']));
  });
});
