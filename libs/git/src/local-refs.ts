import { existsSync, type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RemoteUrl } from './url.ts';

/** One update of a ref touches several files, a push may update many refs: what comes within this is one change. */
const settleMs = 10;

/**
 * Calls back whenever the refs of a repository on this machine may have changed: its own files, the packed ones, the
 * tables, or where HEAD points. Gives the function that ends it. It is a hint and no more: where nothing can be
 * watched (another machine, no such directory, the system's limit of watches) it never calls.
 */
export function watchLocalRefs(
  remote: RemoteUrl,
  branch: string | undefined,
  onChange: () => void,
): () => void {
  const gitDirectory = localGitDirectory(remote);
  if (gitDirectory === undefined) return () => undefined;
  let watchers: FSWatcher[] = [];
  let settling: NodeJS.Timeout | undefined;

  function close(): void {
    for (const watcher of watchers) watcher.close();
    watchers = [];
  }

  /** Directories come and go with the refs in them: they are watched anew before anybody looks. */
  function settle(): void {
    settling = undefined;
    close();
    open();
    onChange();
  }

  function open(): void {
    for (const { path, concerns } of placesOf(gitDirectory ?? '', branch)) {
      try {
        const watcher = watch(path, { persistent: false }, (event, name) => {
          // Git writes no file in place: it renames its lock file.
          if (event !== 'rename') return;
          if (name === null || concerns(name)) settling ??= setTimeout(settle, settleMs);
        });
        watchers.push(watcher.on('error', () => watcher.close()));
      } catch {
        // Not there, or no watch to be had: looking from time to time still finds what changes.
      }
    }
  }

  open();
  return () => {
    clearTimeout(settling);
    close();
  };
}

function localGitDirectory({ transport, url }: RemoteUrl): string | undefined {
  if (transport !== 'file') return undefined;
  let path: string;
  try {
    path = fileURLToPath(url);
  } catch {
    return undefined;
  }
  return [join(path, '.git'), path].find((directory) => existsSync(join(directory, 'HEAD')));
}

interface Place {
  path: string;
  concerns: (name: string) => boolean;
}

/** Where Git keeps refs (gitrepository-layout(5), reftable): the directories on the way to the branch, and beside it. */
function placesOf(gitDirectory: string, branch: string | undefined): Place[] {
  const isHead = (name: string): boolean => name === 'HEAD' || name === 'packed-refs';
  const isRef = (name: string): boolean => !name.endsWith('.lock');
  const heads = join(gitDirectory, 'refs', 'heads');
  const parents = (branch ?? '').split('/').slice(0, -1);
  return [
    { path: gitDirectory, concerns: isHead },
    { path: join(gitDirectory, 'reftable'), concerns: (name) => name === 'tables.list' },
    { path: heads, concerns: isRef },
    ...parents.map((_, depth) => ({ path: join(heads, ...parents.slice(0, depth + 1)), concerns: isRef })),
  ];
}
