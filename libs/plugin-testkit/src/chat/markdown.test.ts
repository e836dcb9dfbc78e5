import { expect, it } from 'vitest';
import { seenMarkdown } from './markdown.ts';

it('sees what Markdown would do', () => {
  const seen = seenMarkdown('[x](https://a.example) `@code` @all <b>y</b>');
  expect(seen.links).toEqual(['https://a.example']);
  expect(seen.loose.join('')).toContain('@all');
  expect(seen.loose.join('')).not.toContain('@code');
  expect(seen.html).toEqual(['<b>', '</b>']);
});
