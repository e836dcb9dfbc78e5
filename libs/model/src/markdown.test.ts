import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeSpan, escapeMarkdown, fencedBlock, tableCode } from './markdown.ts';

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

describe('codeSpan', () => {
  it('has a fence that nothing inside ends', () => {
    expect(codeSpan('istio-system')).toBe('`istio-system`');
    expect(codeSpan('a`b')).toBe('``a`b``');
    expect(codeSpan('`a``b`')).toBe('``` `a``b` ```');
    expect(codeSpan('a\n\nb')).toBe('`a b`');
    expect(codeSpan('')).toBe('');
  });

  it('ends no cell of a table', () => {
    expect(tableCode('a|b')).toBe('`a\\|b`');
  });
});

describe('fencedBlock', () => {
  it('is ended by none of its lines', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('`', '~', 'a', ' ', '\n') })), (lines) => {
        const [fence = '', ...rest] = fencedBlock('', lines);
        expect(rest.slice(0, -1).some((line) => line.includes(fence) || line.includes('\n'))).toBe(false);
        expect(rest.at(-1)).toBe(fence);
      }),
    );
  });
});
