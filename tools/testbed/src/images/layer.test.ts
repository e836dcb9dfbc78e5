import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { extract } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { ImageEntry } from './image.ts';
import { withParents, writeLayer } from './layer.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'layer-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

interface Member {
  readonly name: string;
  readonly type: string | null | undefined;
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly content: string;
}

async function members(path: string): Promise<Member[]> {
  const found: Member[] = [];
  const archive = extract();
  Readable.from([await readFile(path)])
    .pipe(createGunzip())
    .pipe(archive);
  for await (const entry of archive) {
    const { name, type, mode, uid } = entry.header;
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    found.push({ name, type, mode, uid, content: Buffer.concat(chunks).toString() });
  }
  return found;
}

async function sample(): Promise<ImageEntry[]> {
  const source = join(directory, 'program');
  await writeFile(source, 'binary');
  return [
    { kind: 'file', path: '/usr/bin/program', source },
    { kind: 'text', path: '/etc/passwd', content: 'root' },
    { kind: 'link', path: '/usr/bin/alias', target: 'program' },
    { kind: 'directory', path: '/tmp', mode: 0o1777 },
    { kind: 'directory', path: '/home/user', owner: 1337 },
  ];
}

test('a layer holds every entry with its parents before it', async () => {
  const target = join(directory, 'layer');
  await writeLayer(await sample(), target);
  const found = await members(target);
  expect(found.map(({ name, type }) => `${type ?? 'no type'} ${name}`)).toEqual([
    'directory etc/',
    'file etc/passwd',
    'directory home/',
    'directory home/user/',
    'directory tmp/',
    'directory usr/',
    'directory usr/bin/',
    'symlink usr/bin/alias',
    'file usr/bin/program',
  ]);
  expect(found.find(({ name }) => name === 'usr/bin/program')).toMatchObject({
    content: 'binary',
    mode: 0o755,
  });
  expect(found.find(({ name }) => name === 'tmp/')).toMatchObject({ mode: 0o1777, uid: 0 });
  expect(found.find(({ name }) => name === 'home/user/')).toMatchObject({ uid: 1337 });
});

test('the same entries give the same bytes, whatever their order and the times of the files', async () => {
  const entries = await sample();
  const first = await writeLayer(entries, join(directory, 'first'));
  await utimes(join(directory, 'program'), new Date(), new Date(1));
  const second = await writeLayer([...entries].reverse(), join(directory, 'second'));
  expect(second).toEqual(first);
});

test('a file that is missing on the host is an error', async () => {
  const entries: ImageEntry[] = [{ kind: 'file', path: '/program', source: join(directory, 'absent') }];
  await expect(writeLayer(entries, join(directory, 'layer'))).rejects.toThrow(/ENOENT/);
});

test('an entry for a directory decides over the parent that is made for files in it', () => {
  const entries: ImageEntry[] = [
    { kind: 'text', path: '/home/user/file', content: '' },
    { kind: 'directory', path: '/home/user', owner: 5 },
  ];
  expect(withParents(entries)[1]).toEqual({ kind: 'directory', path: '/home/user', owner: 5 });
});
