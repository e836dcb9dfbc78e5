import { describe, expect, it } from 'vitest';
import { parseSeconds, parseSecondsOrNone } from './seconds.ts';

describe('seconds on the command line', () => {
  it('are whole, and at most an hour', () => {
    expect(['1', '60', '3600'].map(parseSeconds)).toEqual([1, 60, 3600]);
  });

  it.each(['0', '-1', '3601', '1.5', '5s', '', ' '])('are not %j', (text) => {
    expect(() => parseSeconds(text)).toThrow('a whole number of seconds from 1 to 3600');
  });

  it('may be none where that has a meaning, such as for a warm-up', () => {
    expect(parseSecondsOrNone('0')).toBe(0);
    expect(() => parseSecondsOrNone('')).toThrow('from 0 to 3600');
  });
});
