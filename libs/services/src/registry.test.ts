import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { plugins } from './registry.ts';

it('lists every forge and chat that there is a package for, by the name of its folder', async () => {
  const folders = await readdir(new URL('../../../plugins/', import.meta.url));
  const named = (kind: string): string[] =>
    folders.filter((folder) => folder.startsWith(`${kind}-`)).map((folder) => folder.slice(kind.length + 1));
  expect(plugins.forges).toEqual(named('forge').sort());
  expect(plugins.chats).toEqual(named('chat').sort());
});
