import type { JudgedMetric, Verdict } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { advice } from './advice.ts';
import { headline, otherMetrics } from './headline.ts';
import type { MeasuredBaseline } from './measured.ts';
import { simulatedBaseline } from './test-support/simulated.ts';

const base = simulatedBaseline({ blocks: 10 });

function judgedAs(verdict: Verdict, metrics: readonly Partial<JudgedMetric>[]): MeasuredBaseline {
  const all = metrics.map((metric) => ({ name: 'p99', verdict, reason: '', blocks: 10, ...metric }));
  const named = all.map(({ name }) => ({ name, unit: 'ms', limit: { relative: 0.1, absolute: 0.5 } }));
  const judgement = { id: 'x', verdict, reason: '', metrics: all };
  return { ...base, status: { ...base.status, metrics: named, judgement } };
}

function plainSpaces(text: string | undefined): string | undefined {
  return text?.replaceAll('\u00a0', ' ');
}

describe('the headline', () => {
  it.each([
    {
      verdict: 'passed' as const,
      metric: { ratio: 1.004, interval: [0.98, 1.03] as [number, number] },
      says: 'Passed: p99 is 0.4 % higher, between -2 % and +3 %; the limit is 10 %.',
    },
    {
      verdict: 'passed' as const,
      metric: { ratio: 1.0001, interval: [0.98, 1.03] as [number, number] },
      says: 'Passed: p99 is unchanged, between -2 % and +3 %; the limit is 10 %.',
    },
    {
      verdict: 'regressed' as const,
      metric: { ratio: 1.1823, interval: [1.141, 13.5] as [number, number] },
      says: 'Regressed: p99 is 18.2 % higher, between +14.1 % and +1,250 %; the limit is 10 %.',
    },
    {
      verdict: 'inconclusive' as const,
      metric: { ratio: 0.94, interval: [0.8, 1.2] as [number, number] },
      says: 'Inconclusive: p99 is 6 % lower, but all between -20 % and +20 % is possible; the limit is 10 %.',
    },
    {
      verdict: 'inconclusive' as const,
      metric: { blocks: 1 },
      says: 'Inconclusive: p99 was measured in 1 usable block, and 7 are needed at least.',
    },
  ])('$says', ({ verdict, metric, says }) => {
    expect(plainSpaces(headline(judgedAs(verdict, [metric])))).toBe(says);
  });

  it('is about the metric that the verdict rests on, and the rest is told after it', () => {
    const baseline = judgedAs('regressed', [
      { name: 'p50', verdict: 'passed', ratio: 1.01, interval: [1, 1.02] },
      { name: 'p90', ratio: 1.2, interval: [1.15, 1.25] },
      { name: 'p99', ratio: 1.4, interval: [1.3, 1.5] },
      { name: 'cpu', verdict: 'inconclusive' },
    ]);
    expect(headline(baseline)).toMatch(/^Regressed: p99 is/);
    expect(otherMetrics(baseline)).toBe(
      'Of the other metrics, p50 passed; p90 regressed; cpu stayed inconclusive.',
    );
  });

  it('says that there was nothing to judge', () => {
    expect(headline(judgedAs('inconclusive', []))).toBe('Inconclusive: there is no metric to judge.');
  });
});

describe('advice', () => {
  const open = {
    verdict: 'inconclusive' as const,
    ratio: 1.06,
    interval: [0.97, 1.16] as [number, number],
    sd: 0.15,
  };

  it.each([
    {
      detectable: 0.12,
      says: 'it takes about 15 blocks, or a quieter machine, on which they scatter by 12.5 %.',
    },
    {
      detectable: 0.4,
      says: 'it takes a quieter machine, on which they scatter by 3.8 %; more blocks alone would be too many.',
    },
    { detectable: 0.08, says: 'Measured again, it is likely to be decided.' },
  ])('names what would show the limit where $detectable can be shown', ({ detectable, says }) => {
    const [sentence] = advice(judgedAs('inconclusive', [{ ...open, detectable }]));
    expect(plainSpaces(sentence)).toContain(says);
  });

  it('tells a difference too small to matter from one that is not certain', () => {
    const small = judgedAs('inconclusive', [{ ...open, ratio: 1.2, interval: [1.1, 1.3], detectable: 0.1 }]);
    const tiny = {
      ...small,
      status: {
        ...small.status,
        metrics: [{ name: 'p99', unit: 'ms', limit: { relative: 0.1, absolute: 1e6 } }],
      },
    };
    expect(advice(tiny)[0]).toContain('More blocks will not change this.');
    const worse = judgedAs('inconclusive', [{ ...open, interval: [1.01, 1.16], detectable: 0.12 }]);
    expect(advice(worse)[0]).toContain('p99 is worse, and whether by more than');
  });

  it('counts what failed, and says how the verdict counts it', () => {
    const blocks = base.status.blocks.map((block) => ({
      ...block,
      b: { ...block.b, errors: { timeout: 3 } },
    }));
    const sentences = advice({ ...base, status: { ...base.status, blocks } }).map(plainSpaces);
    expect(sentences).toContain(
      'Requests failed: 0 of 60,000 with A (0 %), 30 of 60,000 with B (0.05 %). The verdict counts them: B is worse where more of its requests fail than chance and the limit on errors together allow.',
    );
  });
});
