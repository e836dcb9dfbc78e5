import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownReport } from './markdown.ts';
import { absurdBaseline, hostileBaseline, hostileText, hostileTexts } from './test-support/hostile.ts';
import { simulatedBaseline } from './test-support/simulated.ts';

const regressed = simulatedBaseline({ environment: 'shared', effect: 0.25, blocks: 11, seed: 6, lost: [6] });

/** What is neither in a code span nor an entity in `code`: only this can act. */
function acting(text: string): string {
  return text.replace(/<code>[^<]*<\/code>/g, '').replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');
}

describe('the comment', () => {
  it('is what it was', async () => {
    await expect(markdownReport(regressed)).toMatchFileSnapshot('__fixtures__/regressed.md');
  });

  it('has the verdict first, then what is to be known, the metrics, and the blocks folded', () => {
    const text = markdownReport(regressed);
    expect(text).toMatch(/^\*\*Regressed: `p\d\d` is /);
    expect(text).toContain(
      '| metric | verdict | B against A | interval | limit | difference | could show | blocks |',
    );
    expect(text.match(/<details>/g)).toHaveLength(2);
    expect(text.indexOf('<details>')).toBeGreaterThan(text.indexOf('| metric |'));
  });

  it.each([hostileText, `a|b\`c`, '@team', 'x'.repeat(9_000), '|'.repeat(500), '`'.repeat(500)])(
    'lets nothing foreign act: %s',
    (text) => {
      const free = acting(markdownReport(hostileBaseline(text)));
      expect(free).not.toMatch(/<script|<img|@\w|https?:|javascript:|\]\(/);
      const withoutFolds = free.replace(/<\/?(?:details|summary)>/g, '');
      expect(withoutFolds).not.toContain('<');
    },
  );

  it('has as many cells in each row of a table as in its head, whatever names are', () => {
    fc.assert(
      fc.property(hostileTexts(60), (text) => {
        const lines = markdownReport(hostileBaseline(text)).split('\n');
        for (const [place, line] of lines.entries()) {
          const above = lines[place - 1];
          if (!line.startsWith('|') || above?.startsWith('|') !== true) continue;
          expect(line.split('|').length).toBe(above.split('|').length);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('fits into a comment whatever was measured', () => {
    const baseline = hostileBaseline('|'.repeat(5_000));
    const { status } = baseline;
    const blocks = Array.from({ length: 300 }, (_, place) => status.blocks[place % status.blocks.length]!);
    const metrics = Array.from({ length: 40 }, () => status.metrics[0]!);
    const long = { ...baseline, status: { ...status, blocks, metrics } };
    expect(markdownReport(long).length).toBeLessThan(60_000);
    expect(markdownReport(absurdBaseline(1e300)).length).toBeLessThan(60_000);
  });
});
