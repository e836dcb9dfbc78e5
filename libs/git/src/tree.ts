import { MeshwrightError, type SourceEntry, type SourceTree } from '@meshwright/model';
import { largestFileBytes } from './environment.ts';
import type { ObjectReader } from './objects.ts';

/** The files of a commit, with what was left out of them. */
export interface CommitTree extends SourceTree {
  /** What is there but cannot be read, such as names that are not UTF-8, in words people are shown. */
  readonly notes: readonly string[];
}

/** Entries a tree may have. */
export const mostEntries = 200_000;
/** Bytes of a listing that is read: entries of ordinary length, and then some. */
export const listingLimit = 128 * 1024 * 1024;

const longestPath = 4096;
const lfsPointer = 'version https://git-lfs.github.com/spec/';
const mostNamed = 5;

interface TreeEntry extends SourceEntry {
  id: string;
  /** False where the server left the file out of the fetch, because it is too large. */
  present: boolean;
}

interface Listing {
  entries: Map<string, TreeEntry>;
  unusable: string[];
}

/** The arguments that list a commit, or a directory of it. */
export function listArguments(commit: string, directory: string): string[] {
  const treeish = directory === '' ? commit : `${commit}:${directory}`;
  return ['ls-tree', '-r', '-z', '-l', '--full-tree', '--end-of-options', treeish];
}

/**
 * A tree over the output of `ls-tree -r -z -l`.
 * @throws MeshwrightError INVALID_INPUT when there are too many entries.
 */
export function treeOf(output: Buffer, objects: ObjectReader): CommitTree {
  const { entries, unusable } = parseListing(output);
  let listed: Promise<SourceEntry[]> | undefined;
  return {
    notes: notesOf(unusable),
    async list() {
      listed ??= listEntries(entries, objects);
      return [...(await listed)];
    },
    async read(path, limit) {
      const entry = entries.get(path);
      if (entry?.kind !== 'file')
        throw refused(path, entry === undefined ? 'does not exist' : 'is not a file');
      if (!entry.present) throw refused(path, `has more than ${largestFileBytes} bytes`);
      if (entry.size > limit) throw refused(path, `has ${entry.size} bytes; at most ${limit} are read`);
      const content = await objects.read(entry.id, limit);
      if (isLfsPointer(content)) throw inLfs(path);
      return content;
    },
  };
}

async function listEntries(
  entries: ReadonlyMap<string, TreeEntry>,
  objects: ObjectReader,
): Promise<SourceEntry[]> {
  const listed: SourceEntry[] = [];
  for (const { path, kind, size, id } of entries.values()) {
    if (kind !== 'symlink' || size > longestPath) listed.push({ path, kind, size });
    else listed.push({ path, kind, size, target: await readTarget(objects, id) });
  }
  return listed.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function readTarget(objects: ObjectReader, id: string): Promise<string> {
  return new TextDecoder().decode(await objects.read(id, longestPath));
}

function parseListing(output: Buffer): Listing {
  const entries = new Map<string, TreeEntry>();
  const unusable: string[] = [];
  let start = 0;
  for (let end = output.indexOf(0); end >= 0; end = output.indexOf(0, start)) {
    const record = output.subarray(start, end);
    start = end + 1;
    const tab = record.indexOf('\t');
    const name = record.subarray(tab + 1);
    const path = pathOf(name);
    if (path === undefined) unusable.push(JSON.stringify(name.toString('latin1').slice(0, 200)));
    else entries.set(path, entryOf(record.toString('latin1', 0, tab), path));
    if (entries.size + unusable.length > mostEntries) {
      throw new MeshwrightError('INVALID_INPUT', `The commit has more than ${mostEntries} files.`, {
        remedy: 'Keep patterns in a repository of their own.',
      });
    }
  }
  return { entries, unusable };
}

/** `<mode> <type> <id> <size>`, where the size is `-` for a submodule and `BAD` for a missing object. */
function entryOf(fields: string, path: string): TreeEntry {
  const [mode = '', , id = '', size = ''] = fields.split(/ +/);
  const kind = mode === '160000' ? 'submodule' : mode === '120000' ? 'symlink' : 'file';
  const bytes = Number(size);
  if (kind === 'submodule') return { path, kind, size: 0, id, present: false };
  if (Number.isSafeInteger(bytes)) return { path, kind, size: bytes, id, present: true };
  return { path, kind, size: largestFileBytes, id, present: false };
}

/** The name as text, or nothing where it cannot be one of a file. */
function pathOf(name: Buffer): string | undefined {
  if (name.length > longestPath) return undefined;
  try {
    const path = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(name);
    const strange = path.split('/').some((part) => ['', '.', '..'].includes(part) || /^\.git$/i.test(part));
    return strange ? undefined : path;
  } catch {
    return undefined;
  }
}

function notesOf(unusable: readonly string[]): string[] {
  if (unusable.length === 0) return [];
  const named = unusable.slice(0, mostNamed).join(', ');
  const more = unusable.length > mostNamed ? ` and ${unusable.length - mostNamed} more` : '';
  return [
    `Left out, because their names are not UTF-8, longer than ${longestPath} bytes or unusable: ${named}${more}.`,
  ];
}

/** A pointer file is at most 1,024 bytes (the Git LFS specification). */
function isLfsPointer(content: Uint8Array): boolean {
  return (
    content.length <= 1024 &&
    Buffer.from(content.subarray(0, lfsPointer.length)).toString('latin1') === lfsPointer
  );
}

function inLfs(path: string): MeshwrightError {
  return new MeshwrightError(
    'INVALID_INPUT',
    `${path} is kept in Git LFS: the repository holds only a pointer.`,
    {
      where: path,
      remedy: 'Commit the file itself: `git lfs untrack` it and add it again.',
    },
  );
}

function refused(path: string, why: string): MeshwrightError {
  return new MeshwrightError('INVALID_INPUT', `${JSON.stringify(path)} ${why}.`, { where: path });
}
