import { silentProgress } from '@meshwright/testbed';
import { describe, expect, it } from 'vitest';
import { type Arm, interleave, orderOf } from './arms.ts';

const { signal } = new AbortController();

function arm(name: string, log: string[]): Arm {
  return {
    name,
    description: name,
    measure: (repetition) => {
      log.push(`${name}${repetition}`);
      return Promise.resolve({ value: repetition });
    },
  };
}

describe('interleaving', () => {
  it('takes every arm in every repetition, in alternating order, and leaves out the warm-up', async () => {
    const log: string[] = [];
    const arms = [arm('a', log), arm('b', log)];
    const recorded = await interleave(arms, { title: 't', repetitions: 3, progress: silentProgress, signal });
    expect(log).toEqual(['a0', 'b0', 'b1', 'a1', 'b2', 'a2', 'a3', 'b3']);
    expect(recorded.map(({ arm, repetition, place }) => `${arm} ${repetition} ${place}`)).toEqual([
      'b 1 1',
      'a 1 2',
      'b 2 1',
      'a 2 2',
      'a 3 1',
      'b 3 2',
    ]);
  });

  it('puts every arm into every place equally often', () => {
    for (const count of [1, 2, 3, 4]) {
      const arms = Array.from({ length: count }, (_, index) => index);
      const places = arms.map(() => arms.map(() => 0));
      for (let turn = 0; turn < 2 * count; turn += 1) {
        for (const [place, arm] of orderOf(arms, turn).entries()) places[arm]![place]! += 1;
      }
      expect(places).toEqual(arms.map(() => arms.map(() => 2)));
    }
  });

  it('cleans up after every repetition, and stops when it is interrupted', async () => {
    const interruption = new AbortController();
    const log: string[] = [];
    const afterEach = (): Promise<void> => {
      log.push('clean');
      if (log.length === 4) interruption.abort(new Error('interrupted'));
      return Promise.resolve();
    };
    const options = { title: 't', repetitions: 9, warmUps: 0, afterEach, progress: silentProgress };
    await expect(interleave([arm('a', log)], { ...options, signal: interruption.signal })).rejects.toThrow(
      'interrupted',
    );
    expect(log).toEqual(['a0', 'clean', 'a1', 'clean']);
  });
});
