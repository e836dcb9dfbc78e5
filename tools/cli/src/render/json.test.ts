import { expect, it } from 'vitest';
import { jsonText } from './json.ts';

it('escapes what a terminal may obey, and stays the same value', () => {
  const value = { text: 'a\u001b\u009b\u202e\u2028\u{e0041}é' };
  const text = jsonText(value);
  expect(text).toBe('{"text":"a\\u001b\\u009b\\u202e\\u2028\\udb40\\udc41é"}');
  expect(JSON.parse(text)).toEqual(value);
});
