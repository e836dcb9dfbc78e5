import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { plugins } from './registry.ts';

it('lists every forge and chat that there is a package for, by the name of its folder', async () => {
  const folders = await readdir(new URL('../../../plugins/', import.meta.url));
  const named = (kind: string): string[] =>
    folders.filter((folder) => folder.startsWith(`${kind}-`)).map((folder) => folder.slice(kind.length + 1));
  expect(plugins.forges).toEqual(named('forge').sort());
  expect(plugins.chats).toEqual(named('chat').sort());
});

it('loads each under the id that it is listed by', async () => {
  const ids = (loading: { load: () => Promise<{ id: string }> }[]): Promise<string[]> =>
    Promise.all(loading.map(async ({ load }) => (await load()).id));
  expect(await ids(plugins.forges.map((id) => ({ load: plugins.forge(id) })))).toEqual(plugins.forges);
  expect(await ids(plugins.chats.map((id) => ({ load: plugins.chat(id) })))).toEqual(plugins.chats);
});

it('loads no package of a forge or a chat before it is asked for', async () => {
  // In a process of its own: only there nobody else has loaded any.
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { plugins } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)});
    const before = loaded.filter((url) => /\\/plugins\\/|@slack/.test(url)).length;
    await plugins.chat('slack')();
    console.log(before, loaded.some((url) => url.includes('@slack/web-api')));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  expect(stdout).toBe('0 true\n');
});
