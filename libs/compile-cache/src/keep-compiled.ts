import { constants, enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Has Node keep what it compiles from now on for the next process, its threads and the processes that inherit its
 * environment included. The folder is below one that nobody else writes to, for what is there is run as it lies there;
 * where there is none, or it cannot be written, all goes on without it.
 */
export function keepCompiled(): void {
  const folder = cacheFolder();
  if (folder === undefined) return;
  const { ENABLED } = constants.compileCacheStatus;
  if (enableCompileCache(folder).status === ENABLED) process.env.NODE_COMPILE_CACHE = folder;
}

function cacheFolder(): string | undefined {
  const { XDG_CACHE_HOME: given = '' } = process.env;
  try {
    return join(isAbsolute(given) ? given : join(homedir(), '.cache'), 'meshwright', 'compiled');
  } catch {
    // Somebody without a home.
    return undefined;
  }
}
