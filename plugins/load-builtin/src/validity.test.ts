import { describe, expect, it } from 'vitest';
import { problemsOf } from './validity.ts';

const good = { scheduled: 4_000, sent: 4_000, lagP99: 200, medianLatency: 1_000, used: 0.2 };

describe('a trial', () => {
  it('is valid at 99 % of the rate, with little lag and time to spare', () => {
    expect(problemsOf(good)).toEqual([]);
    expect(problemsOf({ ...good, sent: 3_960, lagP99: 1_000, used: 0.7 })).toEqual([]);
  });

  it.each([
    ['too little was sent', { sent: 3_959 }, /^Only 99\.0 % of the requested rate/],
    ['it lagged', { lagP99: 1_001 }, /lagged: .* 1\.0 ms late or more, 1\.0 ms are accepted/],
    ['its thread was busy', { used: 0.71 }, /busy for 71 %/],
    ['nothing was due', { scheduled: 0, sent: 0 }, /No request was due/],
  ])('is not valid when %s', (_, conduct, problem) => {
    expect(problemsOf({ ...good, ...conduct })).toEqual([expect.stringMatching(problem)]);
  });

  it('may lag by a tenth of what a slow server takes', () => {
    const slow = { ...good, medianLatency: 50_000 };
    expect(problemsOf({ ...slow, lagP99: 5_000 })).toEqual([]);
    expect(problemsOf({ ...slow, lagP99: 5_001 })).toHaveLength(1);
  });

  it('tells everything that is wrong with it', () => {
    expect(problemsOf({ ...good, sent: 0, lagP99: 1e6, used: 1 })).toHaveLength(3);
  });
});
