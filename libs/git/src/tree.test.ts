import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openRepository, type Repository } from './repository.ts';
import { createWorkbench, type Workbench } from './test-support/index.ts';
import { mostEntries, treeOf } from './tree.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let bench: Workbench;
let repository: Repository;

beforeAll(async () => {
  bench = await createWorkbench();
  repository = openRepository({
    name: 'patterns',
    url: bench.origin,
    mirrorDirectory: join(bench.directory, 'mirror'),
  });
});
afterAll(async () => {
  await bench.dispose();
});

interface RawEntry {
  mode: string;
  name: string | Buffer;
  id: string;
}

/** A commit of exactly these entries, put straight into the bare repository; fetched. */
async function commitOf(entries: RawEntry[]): Promise<string> {
  const bytes = entries.map(({ mode, name, id }) =>
    Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.from(id, 'hex')]),
  );
  const tree = await bench.object('tree', Buffer.concat(bytes));
  const person = 'Ada <ada@example.com> 1700000000 +0000';
  const commit = await bench.object(
    'commit',
    `tree ${tree}\nauthor ${person}\ncommitter ${person}\n\ntree\n`,
  );
  await bench.gitOrigin('update-ref', `refs/heads/${commit}`, commit);
  await repository.fetch(commit);
  return commit;
}

describe('the files of a commit', () => {
  it('are listed with links and submodules as what they are, nothing followed', async () => {
    const blob = await bench.object('blob', 'a: 1\n');
    const absolute = await bench.object('blob', '/etc/passwd');
    const escaping = await bench.object('blob', '../../etc/passwd');
    const inside = await bench.object(
      'tree',
      Buffer.concat([Buffer.from('100644 b.yaml\0'), Buffer.from(blob, 'hex')]),
    );
    const commit = await commitOf([
      { mode: '120000', name: 'absolute', id: absolute },
      { mode: '40000', name: 'dir', id: inside },
      { mode: '120000', name: 'escaping', id: escaping },
      { mode: '100755', name: 'run.yaml', id: blob },
      { mode: '160000', name: 'sub', id: '3'.repeat(40) },
    ]);
    const tree = await repository.tree(commit);
    expect(await tree.list()).toEqual([
      { path: 'absolute', kind: 'symlink', size: 11, target: '/etc/passwd' },
      { path: 'dir/b.yaml', kind: 'file', size: 5 },
      { path: 'escaping', kind: 'symlink', size: 16, target: '../../etc/passwd' },
      { path: 'run.yaml', kind: 'file', size: 5 },
      { path: 'sub', kind: 'submodule', size: 0 },
    ]);
    for (const path of ['absolute', 'escaping', 'sub', 'dir', '../x', '/etc/passwd', 'dir/../run.yaml']) {
      await expect(tree.read(path, 1000)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
  });

  it('may have any name that is text, and are told apart by case and normal form', async () => {
    const names = [
      ' leading and trailing ',
      '"quoted"',
      '-x.yaml',
      'Mesh.yaml',
      'a\tb\nc.yaml',
      'back\\slash.yaml',
      'e\u0301.yaml',
      'mesh.yaml',
      'nul.yaml',
      '\u00e9.yaml',
      '\u202egnp.yaml',
    ].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const entries: RawEntry[] = [];
    for (const name of names) entries.push({ mode: '100644', name, id: await bench.object('blob', name) });
    const tree = await repository.tree(await commitOf(entries));
    expect(new Set((await tree.list()).map(({ path }) => path))).toEqual(new Set(names));
    for (const name of names) expect(new TextDecoder().decode(await tree.read(name, 1000))).toBe(name);
    expect(tree.notes).toEqual([]);
  });

  it('whose names are not UTF-8 are left out, and said to be', async () => {
    const blob = await bench.object('blob', 'x');
    const commit = await commitOf([
      { mode: '100644', name: Buffer.from([0x63, 0x61, 0x66, 0xe9]), id: blob },
      { mode: '100644', name: 'ok', id: blob },
    ]);
    const tree = await repository.tree(commit);
    expect((await tree.list()).map(({ path }) => path)).toEqual(['ok']);
    expect(tree.notes).toEqual([expect.stringContaining('"café"')]);
  });

  it('are read byte by byte as they are, up to the limit', async () => {
    const bytes = Buffer.from([0, 13, 10, 255, 254, 10, 0]);
    const commit = await commitOf([
      { mode: '100644', name: 'a', id: await bench.object('blob', bytes) },
      { mode: '100644', name: 'big', id: await bench.object('blob', Buffer.alloc(3_000_000, 7)) },
      { mode: '100644', name: 'empty', id: await bench.object('blob', '') },
    ]);
    const tree = await repository.tree(commit);
    const [a, big, empty] = await Promise.all([
      tree.read('a', 7),
      tree.read('big', 3_000_000),
      tree.read('empty', 0),
    ]);
    expect([...a]).toEqual([...bytes]);
    expect(big.length).toBe(3_000_000);
    expect(empty.length).toBe(0);
    await expect(tree.read('a', 6)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect([...(await tree.read('a', 7))]).toEqual([...bytes]);
  });

  it('that are only Git LFS pointers are refused with what to do', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;
    const commit = await commitOf([
      { mode: '100644', name: 'a.yaml', id: await bench.object('blob', pointer) },
    ]);
    const tree = await repository.tree(commit);
    await expect(tree.read('a.yaml', 1000)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('Git LFS') as string,
      details: { remedy: expect.stringContaining('untrack') as string },
    });
  });

  it('can be those of one directory, with nothing outside it', async () => {
    await bench.write('patterns/a.yaml', 'a: 1\n');
    await bench.write('other/b.yaml', 'b: 1\n');
    const commit = await bench.commit('two directories');
    await bench.push();
    await repository.fetch(commit);
    const tree = await repository.tree(commit, './patterns/');
    expect(await tree.list()).toEqual([{ path: 'a.yaml', kind: 'file', size: 5 }]);
    await expect(tree.read('../other/b.yaml', 100)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    for (const directory of ['none', '../x', 'patterns/../..']) {
      await expect(repository.tree(commit, directory)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
  });

  it('are none in an empty commit', async () => {
    const tree = await repository.tree(await commitOf([]));
    expect(await tree.list()).toEqual([]);
  });

  it('are refused when there are too many of them', () => {
    const records = Array.from(
      { length: mostEntries + 1 },
      (_, index) => `100644 blob ${'a'.repeat(40)} 1\t${index}`,
    );
    expect(() =>
      treeOf(Buffer.from(`${records.join('\0')}\0`), { read: () => Promise.reject(new Error()) }),
    ).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  it('are never listed under a path that leaves the repository, whatever the listing says', async () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', '.git', '.GIT', 'a'), fc.string({ unit: 'binary' }));
    const paths = fc.array(fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/')));
    await fc.assert(
      fc.asyncProperty(paths, async (names) => {
        const records = names.map(
          (name) => `100644 blob ${'a'.repeat(40)} 1\t${name.replaceAll('\0', '')}\0`,
        );
        const tree = treeOf(Buffer.from(records.join('')), { read: () => Promise.reject(new Error()) });
        for (const { path } of await tree.list()) {
          expect(path.split('/')).not.toEqual(
            expect.arrayContaining([expect.stringMatching(/^(?:\.{0,2}|\.git)$/i)]),
          );
        }
      }),
    );
  });
});
