import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';

import type { ImageDefinition, ImageEntry } from './image.ts';
import { withParents, writeLayer, type WrittenLayer } from './layer.ts';

const FORMAT = 1;
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * The path of the image's OCI archive in `cacheDirectory`; written when no archive of the same inputs lies there.
 * The archive follows the OCI image layout and carries the reference where `ctr images import` looks for it.
 *
 * @throws when a file of the image cannot be read.
 */
export async function imageArchive(image: ImageDefinition, cacheDirectory: string): Promise<string> {
  const directory = join(cacheDirectory, 'images');
  await mkdir(directory, { recursive: true });
  const archive = join(directory, `${await inputDigest(image)}.tar`);
  if (await exists(archive)) return archive;
  const workspace = await mkdtemp(join(directory, 'write-'));
  try {
    const draft = join(workspace, 'image.tar');
    await writeArchive(image, workspace, draft);
    await rename(draft, archive);
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
  return archive;
}

async function writeArchive(image: ImageDefinition, workspace: string, target: string): Promise<void> {
  const layers: (WrittenLayer & { readonly file: string })[] = [];
  for (const [index, entries] of image.layers.entries()) {
    const file = join(workspace, `layer-${String(index)}`);
    layers.push({ ...(await writeLayer(entries, file)), file });
  }
  const config = blob('application/vnd.oci.image.config.v1+json', {
    architecture: architecture(),
    os: 'linux',
    config: image.config,
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
  });
  const manifest = blob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: config.descriptor,
    layers: layers.map(({ digest, size }) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest,
      size,
    })),
  });
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...manifest.descriptor,
        platform: { architecture: architecture(), os: 'linux' },
        annotations: {
          'io.containerd.image.name': image.reference,
          'org.opencontainers.image.ref.name': image.reference.slice(image.reference.lastIndexOf(':') + 1),
        },
      },
    ],
  };

  const archive = pack();
  const written = pipeline(archive, createWriteStream(target));
  addText(archive, 'oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  addText(archive, 'index.json', JSON.stringify(index));
  for (const { descriptor, content } of [config, manifest])
    addText(archive, blobPath(descriptor.digest), content);
  for (const layer of uniqueByDigest(layers)) {
    const sink = archive.entry({ name: blobPath(layer.digest), size: layer.size, mtime: new Date(0) });
    await pipeline(createReadStream(layer.file), sink);
  }
  archive.finalize();
  await written;
}

/** A digest of everything that decides the archive's bytes: the definition, and the content of each host file. */
async function inputDigest(image: ImageDefinition): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([FORMAT, architecture(), image.reference, image.config]));
  for (const layer of image.layers) {
    hash.update('layer');
    for (const entry of withParents(layer)) hash.update(JSON.stringify(await entryInputs(entry)));
  }
  return hash.digest('hex');
}

async function entryInputs(entry: ImageEntry): Promise<unknown> {
  if (entry.kind !== 'file') return entry;
  const content = createHash('sha256');
  for await (const chunk of createReadStream(entry.source)) content.update(chunk as Buffer);
  return [entry.path, entry.mode, content.digest('hex')];
}

interface JsonBlob {
  readonly descriptor: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly content: string;
}

function blob(mediaType: string, value: unknown): JsonBlob {
  const content = JSON.stringify(value);
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  return { descriptor: { mediaType, digest, size: Buffer.byteLength(content) }, content };
}

function addText(archive: Pack, name: string, content: string): void {
  archive.entry({ name, mtime: new Date(0) }, content);
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function uniqueByDigest<Blob extends { readonly digest: string }>(blobs: readonly Blob[]): Iterable<Blob> {
  return new Map(blobs.map((item) => [item.digest, item])).values();
}

function architecture(): string {
  return ARCHITECTURES[process.arch] ?? process.arch;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
