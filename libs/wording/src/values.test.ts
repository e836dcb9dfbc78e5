import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { widthOf } from './text.ts';
import { contrast } from './values.ts';

describe('two values that differ', () => {
  it('are shown whole where they fit', () => {
    expect(contrast(1, 2, 40, false)).toEqual({ before: ['1'], after: ['2'] });
    expect(contrast({ a: 1 }, 'b', 40, false)).toEqual({ before: ['{"a":1}'], after: ['"b"'] });
  });

  it('are cut to the part around the first difference', () => {
    const long = 'x'.repeat(100);
    const { before, after } = contrast(`${long}a${long}`, `${long}b${long}`, 30, false);
    expect(before[0]).toMatch(/^…x+ax+…$/);
    expect(after[0]).toMatch(/^…x+bx+…$/);
  });

  it('show of texts of several lines only those that differ, and count what is left out', () => {
    const lines = (changed: string[]): string => ['same', ...changed, 'end', ''].join('\n');
    const many = Array.from({ length: 10 }, (_, index) => `line ${index}`);
    expect(contrast(lines(['a']), lines(many), 40, false)).toEqual({
      before: ['a'],
      after: ['line 0', 'line 1', 'line 2', 'line 3', 'line 4', 'line 5', '… 4 more lines'],
    });
    expect(contrast(lines(['a']), lines(many), 40, true).after).toEqual(many);
    expect(contrast('a\nb\n', 'a\nb\nc\n', 40, false)).toEqual({ before: [], after: ['c'] });
  });

  it('keep to the width and are safe to print, whatever they are', () => {
    const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(value, value, fc.integer({ min: 20, max: 120 }), (before, after, width) => {
        const shown = contrast(before, after, width, true);
        const lines = [...shown.before, ...shown.after];
        return lines.every((line) => widthOf(line) <= width && !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(line));
      }),
    );
  });
});
