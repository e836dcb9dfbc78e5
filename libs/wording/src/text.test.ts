import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeText, pad, truncate, widthOf, wrap, wrapItems } from './text.ts';

/** Every code point, lone surrogates among them. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }))
  .map((points) => String.fromCodePoint(...points));

describe('escapeText', () => {
  it('shows control characters instead of obeying them', () => {
    expect(escapeText('\u001b[2Jgone\r\nback\u0007\u009b1m')).toBe('\\e[2Jgone\\r\\nback\\u{7}\\u{9b}1m');
  });

  it('shows characters that turn the direction of text or hide in it', () => {
    expect(escapeText('user\u202egpj.exe \u200b\u2066\ufeff\u2028')).toBe(
      'user\\u{202e}gpj.exe \\u{200b}\\u{2066}\\u{feff}\\u{2028}',
    );
  });

  it('leaves letters of every script and joined emoji as they are', () => {
    const text = 'Überprüfung 変更 тест 👩‍💻';
    expect(escapeText(text)).toBe(text);
  });

  it('leaves nothing that a terminal would obey, whatever the text', () => {
    const obeyed = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
    fc.assert(
      fc.property(anyText, (text) => {
        expect(obeyed.test(escapeText(text))).toBe(false);
      }),
    );
  });
});

describe('truncate', () => {
  it('marks what is missing and counts wide characters as two columns', () => {
    expect(truncate('abcdef', 6)).toBe('abcdef');
    expect(truncate('abcdef', 5)).toBe('abcd…');
    expect(truncate('変更変更', 5)).toBe('変更…');
    expect(truncate('abc', 0)).toBe('');
  });

  it('never exceeds the width, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, width) => {
        expect(widthOf(truncate(escapeText(text), width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('pad and wrap', () => {
  it('pads by columns, not by code units', () => {
    expect(pad('変', 4)).toBe('変  ');
  });

  it('breaks at spaces and keeps words whole', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('a-very-long-word b', 5)).toEqual(['a-very-long-word', 'b']);
  });
});

it('breaks a list between its items, never within one', () => {
  expect(wrapItems(['Role a/b', 'Service c/d', 'Deployment e/f'], 20)).toEqual([
    'Role a/b,',
    'Service c/d,',
    'Deployment e/f',
  ]);
  expect(wrapItems(['a b', 'c d'], 20)).toEqual(['a b, c d']);
  expect(wrapItems([], 20)).toEqual([]);
});
