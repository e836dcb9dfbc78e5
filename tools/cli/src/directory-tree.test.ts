import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDirectory } from './directory-tree.ts';

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'meshwright-tree-')));
});
afterEach(() => rm(root, { recursive: true }));

it('lists files as a commit would have them, sorted, without what Git keeps', async () => {
  await mkdir(join(root, 'patterns/.git'), { recursive: true });
  await mkdir(join(root, 'apps'));
  await mkdir(join(root, '.git'));
  await writeFile(join(root, '.git/config'), '');
  await writeFile(join(root, 'b.yaml'), 'bb');
  await writeFile(join(root, 'apps/a.yaml'), 'a');
  await symlink('/etc/passwd', join(root, 'apps/link'));
  const tree = await openDirectory(root);
  expect(await tree.list()).toEqual([
    { path: 'apps/a.yaml', kind: 'file', size: 1 },
    { path: 'apps/link', kind: 'symlink', size: 11, target: '/etc/passwd' },
    { path: 'b.yaml', kind: 'file', size: 2 },
    { path: 'patterns', kind: 'submodule', size: 0 },
  ]);
});

it('reads a file, also below a directory that was named by a link', async () => {
  await mkdir(join(root, 'real'));
  await writeFile(join(root, 'real/a.yaml'), 'text');
  await symlink(join(root, 'real'), join(root, 'named'));
  const tree = await openDirectory(join(root, 'named'));
  expect(Buffer.from(await tree.read('a.yaml', 10)).toString()).toBe('text');
});

it('refuses to follow a symbolic link, at the end of a path or in it', async () => {
  await mkdir(join(root, 'outside'));
  await mkdir(join(root, 'inside'));
  await writeFile(join(root, 'outside/secret'), 'x');
  await symlink(join(root, 'outside'), join(root, 'inside/folder'));
  await symlink(join(root, 'outside/secret'), join(root, 'inside/file'));
  const tree = await openDirectory(join(root, 'inside'));
  for (const path of ['folder/secret', 'file', '../outside/secret', 'missing']) {
    await expect(tree.read(path, 10)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  }
});

it('refuses what is larger than the limit, and what is no file', async () => {
  await writeFile(join(root, 'big'), 'x'.repeat(11));
  await mkdir(join(root, 'folder'));
  const tree = await openDirectory(root);
  await expect(tree.read('big', 10)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(tree.read('folder', 10)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

it('refuses a directory that is not there', async () => {
  await expect(openDirectory(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
