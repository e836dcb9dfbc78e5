import type { Diagnostic } from '@meshwright/model';
import { LineCounter } from 'yaml';

/** A position in a file as an editor counts: 1-based, columns in UTF-16 units. */
export interface Place {
  line: number;
  column: number;
  /** The line as it stands in the file, shortened; absent when it must not be shown or would not reach the column. */
  source?: string;
}

/** Turns offsets of a text into places. */
export interface Lines {
  /** With `until`, the line is shown only up to that offset. */
  at(offset: number, until?: number): Place;
}

const shownColumns = 160;
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The lines of a text; counted when the first place is asked for. */
export function linesOf(text: string, options: { showSource: boolean }): Lines {
  let counter: LineCounter | undefined;
  function counted(): LineCounter {
    const lines = new LineCounter();
    for (let start = 0; ;) {
      lines.addNewLine(start);
      const newline = text.indexOf('\n', start);
      if (newline === -1) return lines;
      start = newline + 1;
    }
  }
  return {
    at(offset, until) {
      counter ??= counted();
      const bounded = Math.max(0, Math.min(offset, text.length));
      const { line, col: column } = counter.linePos(bounded);
      if (!options.showSource || column > shownColumns) return { line, column };
      return { line, column, source: sourceLine(text, bounded - column + 1, until) };
    },
  };
}

function sourceLine(text: string, start: number, until: number | undefined): string {
  const newline = text.indexOf('\n', start);
  const lineEnd = newline === -1 ? text.length : newline;
  const end = Math.min(lineEnd, start + shownColumns, until ?? lineEnd);
  const line = text
    .slice(start, end)
    .replace(/\r$/, '')
    .replaceAll('\t', ' ')
    .replaceAll(unprintable, '\u{fffd}');
  return end < lineEnd && text.slice(end, lineEnd).trim() !== '' ? `${line}…` : line;
}

export type Decoded = { text: string; problem?: never } | { text?: never; problem: TextProblem };

/** Why a file is not text that may be parsed. */
export interface TextProblem extends Pick<Diagnostic, 'code' | 'message'> {
  suggestion: string;
  line?: number;
  column?: number;
}

/**
 * The characters YAML calls non-printable (YAML 1.2.2, 5.1), and a byte-order mark past the start. They are
 * refused before parsing because the lexer of `yaml` uses four of them as its own marks.
 */
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ufffe\uffff]/;

/** Characters that make a file read differently than it runs (CVE-2021-42574, Unicode UTS #55). */
const bidirectional = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** The text of a file: strict UTF-8 (a byte-order mark at the start is dropped) without characters that hide. */
export function decode(source: string | Uint8Array, limit: number): Decoded {
  const size = typeof source === 'string' ? Buffer.byteLength(source) : source.byteLength;
  if (size > limit) return { problem: tooLarge(size, limit) };
  if (typeof source === 'string') return inspect(source.startsWith('\ufeff') ? source.slice(1) : source);
  const wide = wideEncoding(source);
  if (wide !== undefined) return { problem: notUtf8(`it is ${wide}`) };
  try {
    return inspect(new TextDecoder('utf-8', { fatal: true }).decode(source));
  } catch {
    const replaced = new TextDecoder('utf-8').decode(source);
    const { line } = linesOf(replaced, { showSource: false }).at(replaced.indexOf('\ufffd'));
    return { problem: { ...notUtf8('it has bytes that no UTF-8 text has'), line } };
  }
}

function inspect(text: string): Decoded {
  if (text.startsWith('version https://git-lfs.github.com/spec/v1')) return { problem: lfsPointer };
  const control = forbidden.exec(text);
  if (control !== null) {
    const name = codePoint(control[0]);
    return {
      problem: {
        ...placeOf(text, control.index),
        code: 'forbidden-character',
        message:
          name === 'U+0000' ? 'the file has a NUL character' : `the file has the control character ${name}`,
        suggestion: 'Remove it, or write it as an escape in a double-quoted text.',
      },
    };
  }
  const hidden = bidirectional.exec(text);
  if (hidden === null) return { text };
  return {
    problem: {
      ...placeOf(text, hidden.index),
      code: 'forbidden-character',
      message: `the file has ${codePoint(hidden[0])}, which makes text look different from what it says`,
      suggestion: 'Remove the invisible character; an editor shows it when it marks bidirectional controls.',
    },
  };
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const { line, column } = linesOf(text, { showSource: false }).at(offset);
  return { line, column };
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** UTF-16 and UTF-32 by their byte-order marks, and without one by where the zero bytes of ASCII text are. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  const pair = a === 0xff && b === 0xfe ? 'little' : a === 0xfe && b === 0xff ? 'big' : undefined;
  if (pair !== undefined) return `UTF-16 or UTF-32 (${pair}-endian)`;
  const zeros = [a, b, c, d].map((byte) => byte === 0);
  const pattern = zeros.map((zero) => (zero ? '0' : 'x')).join('');
  if (pattern === 'x0x0' || pattern === '0x0x') return 'UTF-16';
  return pattern === '000x' || pattern === 'x000' ? 'UTF-32' : undefined;
}

function notUtf8(why: string): TextProblem {
  return {
    code: 'not-utf8',
    message: `the file is not UTF-8 text: ${why}`,
    suggestion: 'Save the file as UTF-8.',
  };
}

function tooLarge(size: number, limit: number): TextProblem {
  return {
    code: 'file-too-large',
    message: `the file has ${formatBytes(size)}; at most ${formatBytes(limit)} are read`,
    suggestion: 'Split it into several files.',
  };
}

const lfsPointer: TextProblem = {
  code: 'lfs-pointer',
  message: 'this is a Git LFS pointer; the content is not in Git',
  suggestion: 'Keep this file out of Git LFS (.gitattributes) and commit its content.',
};

/** `3 MiB`, `1.5 KiB`, `12 bytes`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${rounded(bytes / 1024 / 1024)} MiB`;
  return bytes >= 1024 ? `${rounded(bytes / 1024)} KiB` : `${bytes} bytes`;
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}
