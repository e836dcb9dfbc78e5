import { createHash } from 'node:crypto';
import { Contrast } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absurdBaseline, hostileBaseline, hostileText, hostileTexts } from '../test-support/hostile.ts';
import { readMarkup } from '../test-support/markup-reader.ts';
import { simulatedBaseline, statusOf } from '../test-support/simulated.ts';
import { htmlReport } from './page.ts';

const passed = simulatedBaseline({ blocks: 10 });
const allLost = simulatedBaseline({ blocks: 7, lost: [0, 1, 2, 3, 4, 5, 6] });

function textOf(page: string): string {
  return readMarkup(page).text.replace(/\s+/g, ' ');
}

describe('the page', () => {
  it('begins with the sentence that is enough to read', () => {
    const { tags, text } = readMarkup(htmlReport(passed));
    expect(tags.filter(({ name }) => name === 'h1')).toHaveLength(1);
    expect(text).toMatch(
      /Passed: p\d\d is [\d.]+\u00a0% (?:higher|lower), between .* and .*; the limit is \d+\u00a0%\./,
    );
  });

  it('needs nothing from outside, runs nothing, and forbids both', () => {
    const page = htmlReport(passed);
    const { tags } = readMarkup(page);
    const names = new Set(tags.map(({ name }) => name));
    for (const name of ['script', 'link', 'img', 'iframe', 'object', 'form', 'a', 'base']) {
      expect(names, name).not.toContain(name);
    }
    const attributes = tags.flatMap((tag) => Object.keys(tag.attributes));
    expect(attributes.filter((name) => /^(?:on|style$|src$|href$|xlink)/.test(name))).toEqual([]);
    expect(page).not.toMatch(/url\(|@import/);
    const policy = tags.find((tag) => tag.attributes['http-equiv'] === 'Content-Security-Policy');
    const style = /<style>(?<css>[^<]*)<\/style>/.exec(page)?.groups?.css ?? '';
    const digest = createHash('sha256').update(style).digest('base64');
    expect(policy?.attributes.content).toContain(`default-src 'none'; style-src 'sha256-${digest}'`);
  });

  it('shows each metric, each trial, the setup and how to judge it oneself', () => {
    const text = textOf(htmlReport(passed));
    for (const said of [
      'The verdict of each metric',
      'Latency over percentiles',
      'Block by block',
      'http://checkout-next.shop:8080/cart',
      'D1, both live at once',
      'builtin 0.1.0',
      'latency counts from when a request should have been sent',
      '300 requests a second over 8 connections',
      'meshwright judge --input comparison.jsonl',
    ]) {
      expect(text).toContain(said);
    }
    expect(readMarkup(htmlReport(passed)).tags.filter(({ name }) => name === 'tr')).toHaveLength(
      1 + 3 + 1 + 20,
    );
  });

  it('draws everything for a desk and for a phone', () => {
    const { tags } = readMarkup(htmlReport(passed));
    const charts = tags.filter(({ name }) => name === 'svg').map(({ attributes }) => attributes.class);
    expect(charts.filter((kind) => kind === 'chart wide')).toHaveLength(5);
    expect(charts.filter((kind) => kind === 'chart narrow')).toHaveLength(5);
  });

  it('says the same bytes for the same comparison', () => {
    expect(htmlReport(simulatedBaseline({ blocks: 10 }))).toBe(htmlReport(passed));
  });

  it('gives a line that is judged like the comparison', () => {
    const { text } = readMarkup(htmlReport(passed));
    const line = text.split('\n').find((each) => each.startsWith('{"id"'));
    const { blocks, contrast } = JSON.parse(line!) as { blocks: { a: object }[]; contrast: string };
    expect(contrast).toBe('D1');
    expect(blocks).toHaveLength(10);
    expect(blocks[0]!.a).toEqual({ valid: true, ...passed.status.blocks[0]!.a.measured });
  });
});

describe('what is foreign', () => {
  it('never acts: the page has the tags of a harmless one', () => {
    const harmless = readMarkup(htmlReport(hostileBaseline('harmless '.repeat(20))));
    const hostile = readMarkup(htmlReport(hostileBaseline()));
    const kinds = ({ tags }: typeof hostile): string[] => [...new Set(tags.map(({ name }) => name))].sort();
    expect(kinds(hostile)).toEqual(kinds(harmless));
    expect(hostile.tags.filter(({ name }) => name === 'style')).toHaveLength(1);
    expect(hostile.text).toContain('<script>');
  });

  it('shows no control character, no change of direction and no secret', () => {
    const page = htmlReport(hostileBaseline());
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\uffff]/);
    expect(page.isWellFormed()).toBe(true);
    expect(page).not.toContain('secret');
  });

  it('is escaped whatever it is', () => {
    fc.assert(
      fc.property(hostileTexts(80), (text) => {
        expect(() => readMarkup(htmlReport(hostileBaseline(text)))).not.toThrow();
      }),
      { numRuns: 25 },
    );
  });

  it('does not make the page long', () => {
    expect(htmlReport(hostileBaseline(hostileText.repeat(500))).length).toBeLessThan(400_000);
  });
});

describe('what is odd', () => {
  it.each([Number.NaN, Infinity, -Infinity, -1, 0, 1e300, 1e-300, Number.MAX_VALUE])(
    'shows figures of %s without a coordinate that is none',
    (figure) => {
      const { tags } = readMarkup(htmlReport(absurdBaseline(figure)));
      for (const { attributes } of tags) {
        for (const key of [
          'x',
          'y',
          'x1',
          'y1',
          'x2',
          'y2',
          'cx',
          'cy',
          'd',
          'width',
          'height',
          'transform',
        ]) {
          expect(attributes[key] ?? '').not.toMatch(/NaN|Infinity|undefined|e\d/);
        }
      }
    },
  );

  it('says what it can before the first block, after one, and where none is valid', () => {
    const started = { ...passed, status: { ...passed.status, blocks: [], waitingFor: 'block 1, arm A' } };
    delete started.status.judgement;
    expect(textOf(htmlReport(started))).toContain('Not judged yet: it waits for block 1, arm A.');
    const one = { ...passed, status: statusOf(passed.input, passed.status.blocks.slice(0, 1)) };
    expect(textOf(htmlReport(one))).toContain(
      'Inconclusive: p50 was measured in 1 usable block, and 7 are needed at least.',
    );
    const none = textOf(htmlReport(allLost));
    expect(none).toContain('p50 was measured in 0 usable blocks');
    expect(none).toContain('7 of 14 trials were not valid and not judged.');
    expect(none).toContain('no: The generator lagged');
  });

  it('says that a verdict of before and after alone is advice', () => {
    const page = htmlReport(simulatedBaseline({ contrast: Contrast.advisory }));
    expect(textOf(page)).toContain('This is advice only');
    expect(textOf(htmlReport(passed))).not.toContain('This is advice only');
  });

  it('says what would help where it is inconclusive', () => {
    const open = simulatedBaseline({ environment: 'noisy', blocks: 16, effect: 0.05, seed: 3 });
    expect(open.status.judgement?.verdict).toBe('inconclusive');
    expect(textOf(htmlReport(open))).toMatch(
      /may be unchanged, and may be worse by more than \d+ %\. 16 blocks that scatter by .* show an effect of .* four times in five/,
    );
  });
});
