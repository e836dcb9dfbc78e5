import { describe, expect, it } from 'vitest';
import { costGap, costRows } from './costs.ts';
import { htmlReport } from './html/page.ts';
import { markdownReport } from './markdown.ts';
import type { MeasuredBaseline } from './measured.ts';
import { simulatedBaseline } from './test-support/simulated.ts';

const plain = simulatedBaseline({ blocks: 7 });

/** The same with sidecars that take 60 and 75 ms of each second, and a kubelet that was silent in the first trial of B. */
function withCosts({ input, status }: MeasuredBaseline): MeasuredBaseline {
  const blocks = status.blocks.map((block, place) => ({
    ...block,
    a: { ...block.a, achievedRate: 300, cost: { proxies: { parts: 2, millicores: 60, memory: 61e6 } } },
    b:
      place === 0
        ? { ...block.b, noCost: 'The kubelet was <silent>, says @somebody.' }
        : { ...block.b, achievedRate: 300, cost: { proxies: { parts: 2, millicores: 75, memory: 61e6 } } },
  }));
  return { input, status: { ...status, blocks } };
}

describe('what a comparison cost', () => {
  const told = withCosts(plain);

  it('is the processor time of a thousand requests and the memory of both arms', () => {
    expect(costRows(told)).toEqual([
      {
        title: 'Proxies: processor time of 1,000 requests',
        a: '200\u00a0ms',
        b: '250\u00a0ms',
        change: '+25\u00a0%',
      },
      { title: 'Proxies: memory', a: '61\u00a0MB', b: '61\u00a0MB', change: '0\u00a0%' },
    ]);
    expect(costGap(told)).toBe(
      'Of 1 of 14 trials not all is known: The kubelet was <silent>, says @somebody.',
    );
  });

  it('is in both reports, and what is foreign in it does not act', () => {
    const comment = markdownReport(told);
    expect(comment).toContain(
      '| Proxies: processor time of 1,000 requests | 200\u00a0ms | 250\u00a0ms | +25\u00a0% |',
    );
    expect(comment).toContain('`The kubelet was <silent>, says @somebody.`');
    const page = htmlReport(told);
    expect(page).toContain('<h2>What it costs</h2>');
    expect(page).toContain('The kubelet was &lt;silent&gt;');
  });

  it('is not spoken of where nobody could know it', () => {
    expect(costRows(plain)).toEqual([]);
    expect(markdownReport(plain)).not.toContain('What it costs');
    expect(htmlReport(plain)).not.toContain('What it costs');
  });
});
