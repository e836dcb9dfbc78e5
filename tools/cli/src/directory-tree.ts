import { constants } from 'node:fs';
import { lstat, open, readdir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { MeshwrightError, messageOf, type SourceEntry, type SourceTree } from '@meshwright/model';

/** Folders that are never part of a commit, or never hold patterns. */
const skipped = new Set(['.git', 'node_modules']);
const mostEntries = 100_000;

/**
 * The files of a directory as if they had been committed: symbolic links are listed and never followed, and a
 * repository inside it is listed as a submodule.
 * @throws MeshwrightError INVALID_INPUT when the directory is not there or cannot be read.
 */
export async function openDirectory(directory: string): Promise<SourceTree> {
  const root = await realpath(directory).catch((error: unknown) => {
    throw refused(`There is no directory ${directory}: ${messageOf(error)}.`);
  });
  if (!(await lstat(root)).isDirectory()) throw refused(`${directory} is not a directory.`);
  return {
    async list() {
      const entries: SourceEntry[] = [];
      await walk(root, '', entries);
      return entries.sort((one, other) => (one.path < other.path ? -1 : 1));
    },
    read: (path, limit) => readInside(root, path, limit),
  };
}

async function walk(root: string, folder: string, entries: SourceEntry[]): Promise<void> {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isSymbolicLink()) {
      const target = await readlink(join(root, path));
      entries.push({ path, kind: 'symlink', size: Buffer.byteLength(target), target });
    } else if (entry.isFile()) {
      entries.push({ path, kind: 'file', size: (await lstat(join(root, path))).size });
    } else if (entry.isDirectory() && !skipped.has(entry.name)) {
      if (await isRepository(join(root, path))) entries.push({ path, kind: 'submodule', size: 0 });
      else await walk(root, path, entries);
    }
    if (entries.length > mostEntries) {
      throw refused(
        `${root} holds more than ${mostEntries} files.`,
        'Name the directory of the patterns repository.',
      );
    }
  }
}

async function isRepository(directory: string): Promise<boolean> {
  return lstat(join(directory, '.git')).then(
    () => true,
    () => false,
  );
}

async function readInside(root: string, path: string, limit: number): Promise<Uint8Array> {
  const absolute = join(root, path);
  if (!absolute.startsWith(join(root, '/'))) throw refused(`${path} is outside of the directory.`);
  // Equal only when no part of the path is a symbolic link.
  const real = await realpath(absolute).catch((error: unknown) => {
    throw refused(`${path} cannot be read: ${messageOf(error)}.`);
  });
  if (real !== absolute) throw refused(`${path} leads through a symbolic link.`);
  const file = await open(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw refused(`${path} is not a file.`);
    if (stats.size > limit) throw refused(`${path} has ${stats.size} bytes; at most ${limit} are read.`);
    const content = Buffer.alloc(stats.size);
    const { bytesRead } = await file.read(content, 0, stats.size, 0);
    return content.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function refused(message: string, remedy?: string): MeshwrightError {
  return new MeshwrightError('INVALID_INPUT', message, remedy === undefined ? {} : { remedy });
}
