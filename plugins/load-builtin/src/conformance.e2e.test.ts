import { loadCases } from '@meshwright/plugin-testkit';
import { expect, it } from 'vitest';
import { builtin } from './plugin.ts';

const context = {
  programs: {
    find: () => Promise.reject(new Error('The built-in generator needs no program.')),
    run: () => Promise.reject(new Error('The built-in generator needs no program.')),
  },
  signal: new AbortController().signal,
};

it('can run everywhere', async () => {
  expect(await builtin.unavailable(context)).toBeUndefined();
});

it.each(loadCases)('$title', async ({ run, notFor }) => {
  expect(notFor?.(builtin.capabilities)).toBeUndefined();
  await run({ plugin: builtin, context });
});
