import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  code,
  codeBlock,
  duration,
  escapeMarkdown,
  failureSection,
  moment,
  summary,
  table,
  workflowLink,
} from './markdown.ts';

describe('escapeMarkdown', () => {
  it('shows links, images and tags as text on one line', () => {
    expect(escapeMarkdown('![x](http://e)\n<b>|')).toBe('!\\[x\\](http://e) \\<b\\>\\|');
  });

  it.each([
    ['# big', '\\# big'],
    ['- item', '\\- item'],
    ['12. item', '12\\. item'],
    ['see #12 (and 3.1)', 'see #12 (and 3.1)'],
  ])('keeps %s from becoming a heading or a list', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });

  it('never lets a line break or an unescaped pipe through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeMarkdown(text);
        expect(escaped).not.toMatch(/[\n\r\u2028]/);
        expect(escaped.replaceAll(/\\./g, '')).not.toMatch(/[|<[]/);
      }),
    );
  });
});

describe('code', () => {
  it('escapes instead of quoting what holds a backtick', () => {
    expect(code('istio-system')).toBe('`istio-system`');
    expect(code('a`b')).toBe('a\\`b');
  });
});

describe('codeBlock', () => {
  it('cannot be left early and is bounded', () => {
    expect(codeBlock('a\n```\nb')).toBe("```\na\n'''\nb\n```");
    expect(codeBlock('x'.repeat(9_000)).length).toBeLessThan(4_100);
  });
});

describe('summary', () => {
  it('stays below 200 bytes and on one line whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(encodeURIComponent(summary(text)).replaceAll(/%../g, 'x').length).toBeLessThanOrEqual(190);
        expect(summary(text)).not.toContain('\n');
      }),
    );
    expect(summary('short')).toBe('short');
  });
});

describe('workflowLink', () => {
  it('keeps the slash of a workflow id out of the path', () => {
    expect(workflowLink('default', 'change:local/istio')).toBe(
      '[change:local/istio](/namespaces/default/workflows/change%3Alocal%2Fistio)',
    );
  });
});

describe('failureSection', () => {
  it('says where, why and what to do', () => {
    const failure = {
      code: 'NOT_READY',
      message: 'no | pods',
      stage: 'base',
      remedy: 'wait',
      lines: ['a', 'b'],
    };
    expect(failureSection(failure)).toBe(
      '**Failed** at stage `base` with `NOT_READY`: no \\| pods\n\n```\na\nb\n```\n\n**Remedy:** wait',
    );
    expect(failureSection({ code: 'X', message: 'm', where: 'local' })).toBe(
      '**Failed** on `local` with `X`: m',
    );
  });
});

describe('duration', () => {
  it.each([
    [-5, '0 s'],
    [48_400, '48 s'],
    [185_000, '3 min 5 s'],
  ])('writes %i ms as %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});

describe('table and moment', () => {
  it('write what the Temporal UI renders', () => {
    expect(table(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |');
    expect(moment(Date.UTC(2026, 2, 1, 14, 5, 9, 7))).toBe('2026-03-01 14:05:09 UTC');
  });
});
