import { describe, expect, it } from 'vitest';
import { absurdBaseline, hostileBaseline } from './test-support/hostile.ts';
import { readMarkup } from './test-support/markup-reader.ts';
import { simulatedBaseline } from './test-support/simulated.ts';
import { svgCurve, svgRatios, svgSummary } from './svg.ts';

const passed = simulatedBaseline({ blocks: 10 });

describe('pictures', () => {
  it.each([
    ['passed', passed],
    ['regressed', simulatedBaseline({ environment: 'shared', effect: 0.25, blocks: 11, seed: 6, lost: [6] })],
  ])('the picture of one that %s is the one in the documentation', async (verdict, baseline) => {
    expect(baseline.status.judgement?.verdict).toBe(verdict);
    await expect(svgSummary(baseline)).toMatchFileSnapshot(`../../../docs/images/report-${verdict}.svg`);
  });

  it('are SVG of their own, whatever was measured', () => {
    for (const baseline of [passed, hostileBaseline(), absurdBaseline(Number.NaN), absurdBaseline(1e300)]) {
      for (const source of [svgCurve(baseline), svgRatios(baseline), svgSummary(baseline)]) {
        const [root] = readMarkup(source).tags;
        expect(root?.attributes.xmlns).toBe('http://www.w3.org/2000/svg');
        expect(source).not.toMatch(/="[^"]*(?:NaN|Infinity)/);
      }
    }
  });

  it('draw a thin line for each valid trial and a thick one for the median of each arm', () => {
    const { tags } = readMarkup(svgCurve(simulatedBaseline({ blocks: 8, lost: [2] })));
    const lines = (kind: string): number =>
      tags.filter(
        ({ name, attributes }) => name === 'path' && attributes.class === kind && attributes.d!.length > 80,
      ).length;
    expect(['thin a', 'thin b', 'line a', 'line b'].map(lines)).toEqual([8, 7, 1, 1]);
  });

  it('mark each block once, and those that were not judged with a cross', () => {
    const { tags } = readMarkup(svgRatios(simulatedBaseline({ blocks: 8, lost: [2, 5] }), { metric: 'p99' }));
    const marks = tags.filter(({ attributes }) => attributes.class?.startsWith('mark b') === true);
    const crosses = tags.filter(({ attributes }) => attributes.class === 'lost mark');
    // The legend has two marks and one cross of its own.
    expect([marks.length, crosses.length]).toEqual([6 + 2, 2 + 1]);
  });

  it('say that there is no such metric', () => {
    expect(readMarkup(svgRatios(passed, { metric: 'p12' })).text).toContain('There is no such metric.');
  });
});
