import { limitOf } from '@meshwright/statistics';
import { describe, expect, it } from 'vitest';
import { type JudgedChange, svgVerdict } from './gate-verdict.ts';
import { hostileText } from './test-support/hostile.ts';
import { readMarkup } from './test-support/markup-reader.ts';
import { simulatedBaseline } from './test-support/simulated.ts';

const slower = simulatedBaseline({ effect: 0.3, blocks: 16 }).status;

function change(how: Partial<JudgedChange['gate']> = {}): JudgedChange {
  const judgement = slower.judgement!;
  return {
    title: 'checkout-mesh on production-eu',
    metrics: slower.metrics,
    gate: {
      contrast: 'D3',
      verdict: judgement.verdict,
      reason: judgement.reason,
      comparisons: [{ endpoint: 'web', trials: { a: 16, b: 16 }, judgement }],
      ...how,
    },
  };
}

describe('the picture of a verdict', () => {
  it('says the verdict, and of each metric its change, its interval and its limit', () => {
    const picture = svgVerdict(change());
    expect(picture?.title).toBe('Regressed: checkout-mesh on production-eu');
    for (const metric of slower.metrics) {
      expect(picture?.description).toContain(metric.name);
      expect(picture?.svg).toContain(`>${metric.name}<`);
    }
    expect(picture?.description).toContain(`limit ${limitOf(slower.metrics[0]!).relative * 100}`);
  });

  it('is none where nothing was judged', () => {
    const { verdict, ...gate } = change().gate;
    expect(verdict).toBe('regressed');
    expect(svgVerdict({ ...change(), gate })).toBeUndefined();
    expect(svgVerdict(change({ comparisons: [] }))).toBeUndefined();
  });

  it('names its endpoints where there are several, and how many it leaves out', () => {
    const [one] = change().gate.comparisons;
    const comparisons = Array.from({ length: 5 }, (_, place) => ({ ...one!, endpoint: `endpoint-${place}` }));
    const svg = svgVerdict(change({ comparisons }))?.svg ?? '';
    expect(svg).toContain('endpoint-2');
    expect(svg).not.toContain('endpoint-3');
    expect(svg).toContain('2 more endpoints');
  });

  it('is well-formed whatever it is told', () => {
    const [one] = change().gate.comparisons;
    const hostile = change({ reason: hostileText, comparisons: [{ ...one!, endpoint: hostileText }] });
    const svg = svgVerdict({ ...hostile, title: hostileText })?.svg ?? '';
    expect(() => readMarkup(svg)).not.toThrow();
    expect(svg).not.toContain('<script');
  });
});
