import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack, type Pack } from 'tar-stream';

import type { ImageEntry } from './image.ts';

/** A layer that lies on disk as a compressed tar archive. */
export interface WrittenLayer {
  /** Digest of the compressed bytes: the blob's name. */
  readonly digest: string;
  /** Digest of the uncompressed tar archive: the layer's entry in the image's configuration. */
  readonly diffId: string;
  /** Compressed size in bytes. */
  readonly size: number;
}

const EPOCH = new Date(0);

/**
 * Writes the entries as a `tar.gz` to `target`. The same entries give the same bytes: sorted by path, owned by root
 * unless said otherwise, all times zero (OCI image specification, "Image Layer Filesystem Changeset").
 */
export async function writeLayer(entries: readonly ImageEntry[], target: string): Promise<WrittenLayer> {
  const archive = pack();
  const plain = new HashingStream();
  const compressed = new HashingStream();
  const written = pipeline(archive, plain, createGzip({ level: 1 }), compressed, createWriteStream(target));
  await Promise.all([addEntries(archive, withParents(entries)), written]);
  return { digest: compressed.digest(), diffId: plain.digest(), size: compressed.size };
}

/** The entries and the directories that lead to them, sorted by path so that a parent comes before its children. */
export function withParents(entries: readonly ImageEntry[]): ImageEntry[] {
  const byPath = new Map<string, ImageEntry>();
  for (const entry of entries) {
    const parts = entry.path.split('/').filter((part) => part !== '');
    for (let depth = 1; depth < parts.length; depth += 1) {
      const parent = `/${parts.slice(0, depth).join('/')}`;
      if (!byPath.has(parent)) byPath.set(parent, { kind: 'directory', path: parent });
    }
    byPath.set(`/${parts.join('/')}`, entry);
  }
  return [...byPath.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
}

async function addEntries(archive: Pack, entries: readonly ImageEntry[]): Promise<void> {
  try {
    for (const entry of entries) await addEntry(archive, entry);
    archive.finalize();
  } catch (error) {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

async function addEntry(archive: Pack, entry: ImageEntry): Promise<void> {
  const name = entry.path.slice(1);
  const common = { mtime: EPOCH, uid: 0, gid: 0 };
  switch (entry.kind) {
    case 'directory': {
      const owner = entry.owner ?? 0;
      archive.entry({
        ...common,
        name: `${name}/`,
        type: 'directory',
        mode: entry.mode ?? 0o755,
        uid: owner,
        gid: owner,
      });
      return;
    }
    case 'link':
      archive.entry({ ...common, name, type: 'symlink', linkname: entry.target, mode: 0o777 });
      return;
    case 'text':
      archive.entry({ ...common, name, mode: entry.mode ?? 0o644 }, entry.content);
      return;
    case 'file': {
      const { size } = await stat(entry.source);
      const sink = archive.entry({ ...common, name, size, mode: entry.mode ?? 0o755 });
      await pipeline(createReadStream(entry.source), sink);
    }
  }
}

/** Passes bytes through and remembers their SHA-256 digest and count. */
class HashingStream extends Transform {
  size = 0;
  readonly #hash: Hash = createHash('sha256');

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(chunk);
    this.size += chunk.length;
    done(null, chunk);
  }

  digest(): string {
    return `sha256:${this.#hash.digest('hex')}`;
  }
}
