import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, digestOfJson } from '@meshwright/evidence';
import type { Digest } from '@meshwright/model';
import { folderOf, type MeshEntry, root } from './subjects.ts';

/** What a report was made of: the sources of the plugin, and those of the suite. */
export interface SourceDigests {
  plugin: Digest;
  suite: Digest;
}

/** The digests of the sources as they are now, without tests. */
export async function sourceDigests(entry: MeshEntry): Promise<SourceDigests> {
  return {
    plugin: await digestOfFolder(join(folderOf(entry), 'src'), isSource),
    suite: await digestOfFolder(join(root, 'libs/plugin-testkit/src/mesh'), isSource),
  };
}

/** One digest for the files of a folder, their names and their contents. */
export async function digestOfFolder(
  folder: string,
  counts: (path: string) => boolean = () => true,
): Promise<Digest> {
  const digests: Record<string, Digest> = {};
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.filter(counts).sort())
    digests[path.slice(folder.length)] = digestOf(await readFile(path));
  return digestOfJson(digests);
}

function isSource(path: string): boolean {
  return /\.(?:ts|txt)$/.test(path) && !path.endsWith('.test.ts');
}
