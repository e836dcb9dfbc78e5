import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MeshwrightError } from '@meshwright/model';
import { type GitEnvironment, localEnvironment } from './environment.ts';
import { runGit } from './plumbing.ts';

/** A bare copy of one repository: objects and one ref, no checkout, no configuration of the remote. */
export interface Mirror {
  directory: string;
  environment: GitEnvironment;
}

/** The one ref of a mirror: the commit fetched last, from which the next fetch continues. */
export const mirrorRef = 'refs/meshwright/tip';

/** More packs than this make every read slow; then the mirror is made anew, which costs one shallow fetch. */
const mostPacks = 100;
const localTimeoutMs = 60_000;
const turns = new Map<string, Promise<unknown>>();

/** Git keeps SHA-1 and SHA-256 apart, so a mirror is for one of them. */
export function mirrorFor(root: string, commit: string): Mirror {
  const directory = join(root, commit.length === 64 ? 'sha256.git' : 'sha1.git');
  return { directory, environment: localEnvironment(join(root, 'home'), directory) };
}

/** Makes the empty home directory that Git processes are given. */
export async function prepareHome(root: string): Promise<string> {
  const home = join(root, 'home');
  await mkdir(home, { recursive: true, mode: 0o700 });
  return home;
}

/** Runs the work when all earlier work on the same directory is over. */
export async function inTurn<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(directory) ?? Promise.resolve();
  const mine = before.then(work, work);
  const settled = mine.catch(() => undefined);
  turns.set(directory, settled);
  try {
    return await mine;
  } finally {
    if (turns.get(directory) === settled) turns.delete(directory);
  }
}

/** Makes the mirror when it is not there, clears what an ended process left, and starts anew when it grew too large. */
export async function prepareMirror(mirror: Mirror, sha256: boolean, maxBytes: number): Promise<void> {
  const packs = await packFiles(mirror);
  const count = packs.filter(({ name }) => name.endsWith('.pack')).length;
  if (count > mostPacks || sizeOf(packs) > maxBytes / 2) await discardMirror(mirror);
  else await clearLeftovers(mirror);
  if (await isMade(mirror)) return;
  await mkdir(mirror.directory, { recursive: true, mode: 0o700 });
  const format = sha256 ? 'sha256' : 'sha1';
  const { code, stderr } = await runGit(
    ['init', '--quiet', '--bare', `--object-format=${format}`, '--initial-branch=none'],
    { environment: mirror.environment, directory: mirror.directory, timeoutMs: localTimeoutMs },
  );
  if (code !== 0)
    throw new MeshwrightError('INTERNAL', `git init failed in ${mirror.directory}: ${stderr.trim()}`);
}

/** Whether the mirror was made already. */
export async function isMade(mirror: Mirror): Promise<boolean> {
  return stat(join(mirror.directory, 'HEAD')).then(
    () => true,
    () => false,
  );
}

/** Whether the mirror takes more disk than allowed. */
export async function isTooLarge(mirror: Mirror, maxBytes: number): Promise<boolean> {
  return sizeOf(await packFiles(mirror)) > maxBytes;
}

/** Removes the mirror; the next fetch makes another. */
export async function discardMirror(mirror: Mirror): Promise<void> {
  await rm(mirror.directory, { recursive: true, force: true });
}

/** Partial packs and locks of a process that was ended: the first fill the disk, the second stop every later fetch. */
export async function clearLeftovers(mirror: Mirror): Promise<void> {
  for (const { name, path } of await packFiles(mirror)) {
    if (name.startsWith('tmp_')) await rm(path, { force: true });
  }
  const locks = ['shallow.lock', 'config.lock', 'packed-refs.lock', `${mirrorRef}.lock`];
  for (const lock of locks) await rm(join(mirror.directory, lock), { force: true });
}

/** Calls `stop` as soon as the mirror holds more bytes than allowed; gives the function that ends the watch. */
export function watchSize(mirror: Mirror, maxBytes: number, stop: () => void): () => void {
  const timer = setInterval(() => {
    void isTooLarge(mirror, maxBytes).then((tooLarge) => {
      if (tooLarge) stop();
    });
  }, 500);
  return () => clearInterval(timer);
}

interface PackFile {
  name: string;
  path: string;
  size: number;
}

function sizeOf(files: readonly PackFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

async function packFiles(mirror: Mirror): Promise<PackFile[]> {
  const directory = join(mirror.directory, 'objects', 'pack');
  const names = await readdir(directory).catch(() => []);
  const files: PackFile[] = [];
  for (const name of names) {
    const path = join(directory, name);
    const size = await stat(path).then(
      (stats) => stats.size,
      () => 0,
    );
    files.push({ name, path, size });
  }
  return files;
}
