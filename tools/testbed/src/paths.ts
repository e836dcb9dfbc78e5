import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import { MeshwrightError } from '@meshwright/model';

/** The environment variables that decide where files lie. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where downloaded and built parts are kept, outside every checkout. */
export function cacheDirectory(environment: Environment = process.env): string {
  const { MESHWRIGHT_CACHE, XDG_CACHE_HOME } = environment;
  if (MESHWRIGHT_CACHE) return resolve(MESHWRIGHT_CACHE);
  return join(XDG_CACHE_HOME ? resolve(XDG_CACHE_HOME) : join(homedir(), '.cache'), 'meshwright');
}

/** Where the state of all testbeds is kept: `<this>/<name>` belongs to one. */
export function stateRoot(environment: Environment = process.env): string {
  const { MESHWRIGHT_STATE, XDG_STATE_HOME } = environment;
  if (MESHWRIGHT_STATE) return resolve(MESHWRIGHT_STATE);
  return join(XDG_STATE_HOME ? resolve(XDG_STATE_HOME) : join(homedir(), '.local', 'state'), 'meshwright');
}

const NAME = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/**
 * Checks the name of a testbed, which becomes a directory and part of device names.
 *
 * @throws MeshwrightError `INVALID_INPUT`
 */
export function requireTestbedName(name: string): string {
  if (NAME.test(name)) return name;
  throw new MeshwrightError('INVALID_INPUT', `"${name}" cannot be the name of a testbed`, {
    remedy: 'Use at most 40 lower-case letters, digits and hyphens, with a letter or digit at both ends.',
  });
}
