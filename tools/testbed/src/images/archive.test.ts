import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { extract } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { imageArchive } from './archive.ts';
import type { ImageDefinition } from './image.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'archive-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

async function unpack(path: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const archive = extract();
  createReadStream(path).pipe(archive);
  for await (const entry of archive) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files.set(entry.header.name, Buffer.concat(chunks));
  }
  return files;
}

function sha256(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function image(content: string): ImageDefinition {
  return {
    reference: 'meshwright.local/sample:2',
    layers: [
      [{ kind: 'text', path: '/etc/name', content }],
      [{ kind: 'file', path: '/sample', source: join(directory, 'sample') }],
    ],
    config: { Entrypoint: ['/sample'], User: '1337' },
  };
}

test('an archive is an OCI layout whose digests and sizes are those of its blobs', async () => {
  await writeFile(join(directory, 'sample'), 'program');
  const files = await unpack(await imageArchive(image('one'), directory));
  const json = (path: string): unknown => JSON.parse(files.get(path)?.toString() ?? 'null');
  const blob = ({ digest, size }: Descriptor): Buffer => {
    const content = files.get(`blobs/${digest.replace(':', '/')}`) ?? Buffer.alloc(0);
    expect({ digest: sha256(content), size: content.length }).toEqual({ digest, size });
    return content;
  };

  expect(json('oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
  const index = json('index.json') as { manifests: [Descriptor] };
  expect(index.manifests[0].annotations).toEqual({
    'io.containerd.image.name': 'meshwright.local/sample:2',
    'org.opencontainers.image.ref.name': '2',
  });
  const manifest = JSON.parse(blob(index.manifests[0]).toString()) as {
    config: Descriptor;
    layers: Descriptor[];
  };
  const config = JSON.parse(blob(manifest.config).toString()) as {
    config: object;
    rootfs: { diff_ids: string[] };
  };
  expect(config.config).toEqual({ Entrypoint: ['/sample'], User: '1337' });
  expect(config.rootfs.diff_ids).toEqual(manifest.layers.map((layer) => sha256(gunzipSync(blob(layer)))));
});

test('an archive of the same inputs is taken from the cache', async () => {
  await writeFile(join(directory, 'sample'), 'program');
  const first = await imageArchive(image('one'), directory);
  const { ino } = await stat(first);
  expect(await imageArchive(image('one'), directory)).toBe(first);
  expect((await stat(first)).ino).toBe(ino);
});

test('another content of a file gives another archive', async () => {
  await writeFile(join(directory, 'sample'), 'program');
  const first = await imageArchive(image('one'), directory);
  await writeFile(join(directory, 'sample'), 'another');
  const second = await imageArchive(image('one'), directory);
  const third = await imageArchive(image('two'), directory);
  expect(new Set([first, second, third]).size).toBe(3);
});

test('an archive that could not be written leaves nothing in the cache', async () => {
  await expect(imageArchive(image('one'), directory)).rejects.toThrow(/ENOENT/);
  expect(await readdir(join(directory, 'images'))).toEqual([]);
});
