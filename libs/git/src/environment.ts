import { dirname } from 'node:path';
import type { Authentication } from './credentials.ts';
import type { RemoteUrl } from './url.ts';

/** The environment of a Git process: all of it, nothing is inherited besides what is listed here. */
export type GitEnvironment = Record<string, string>;

/** Bytes from which on a file is left out of a fetch where the server can filter; reading such a file is refused. */
export const largestFileBytes = 8 * 1024 * 1024;

/** What a process needs of its surroundings: programs, proxies, and the authorities that TLS believes. */
const inherited = [
  'PATH',
  'TMPDIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
];

/** Configuration that holds whatever a repository or a machine says. Values come from here, not from any repository. */
const hardening: [key: string, value: string][] = [
  ['core.hooksPath', '/dev/null'],
  ['core.attributesFile', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.askPass', ''],
  ['credential.helper', ''],
  ['protocol.allow', 'never'],
  ['protocol.version', '2'],
  ['fetch.fsckObjects', 'true'],
  ['fetch.recurseSubmodules', 'false'],
  ['fetch.unpackLimit', '1'],
  ['submodule.recurse', 'false'],
  ['transfer.bundleURI', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
];

/**
 * For commands on the mirror alone: no transport is allowed, so that an object that is missing is reported
 * instead of fetched (a partial clone would ask its server, one object at a time).
 */
export function localEnvironment(home: string, gitDirectory: string): GitEnvironment {
  return { ...base(home), GIT_DIR: gitDirectory, ...configuration(hardening) };
}

/** For commands that talk to the repository's server, over its own transport and no other. */
export function remoteEnvironment(
  home: string,
  remote: RemoteUrl,
  authentication: Authentication,
  gitDirectory?: string,
): GitEnvironment {
  return {
    ...base(home),
    ...(gitDirectory === undefined ? {} : { GIT_DIR: gitDirectory }),
    ...authentication.environment,
    ...configuration([
      ...hardening,
      [`protocol.${remote.transport}.allow`, 'always'],
      ['http.followRedirects', 'initial'],
      ['http.lowSpeedLimit', '1000'],
      ['http.lowSpeedTime', '20'],
      ['remote.origin.url', remote.url],
      ['remote.origin.promisor', 'true'],
      ['remote.origin.partialCloneFilter', `blob:limit=${largestFileBytes}`],
      ...authentication.config,
    ]),
  };
}

/** The environment with further configuration. */
export function withConfiguration(
  environment: GitEnvironment,
  entries: readonly [key: string, value: string][],
): GitEnvironment {
  const start = Number(environment.GIT_CONFIG_COUNT ?? '0');
  return { ...environment, ...configuration(entries, start) };
}

function base(home: string): GitEnvironment {
  const environment: GitEnvironment = {
    HOME: home,
    GIT_CEILING_DIRECTORIES: dirname(home),
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_OPTIONAL_LOCKS: '0',
  };
  for (const name of inherited) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/** Configuration as environment variables (git-config(1), ENVIRONMENT): it overrides files and is in no argument list. */
function configuration(entries: readonly [key: string, value: string][], start = 0): GitEnvironment {
  const environment: GitEnvironment = { GIT_CONFIG_COUNT: String(start + entries.length) };
  for (const [index, [key, value]] of entries.entries()) {
    environment[`GIT_CONFIG_KEY_${start + index}`] = key;
    environment[`GIT_CONFIG_VALUE_${start + index}`] = value;
  }
  return environment;
}
