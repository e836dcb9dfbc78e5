import { dirname, join } from 'node:path';
import type { Config, RepositoryConfig, Secrets } from '@meshwright/config';
import { openRepository, type Repository } from '@meshwright/git';
import { MeshwrightError } from '@meshwright/model';

/** A configured repository, ready to be looked at. */
export interface WatchedRepository {
  config: RepositoryConfig;
  repository: Repository;
}

/**
 * Finds repositories by name, each opened when it is first needed.
 * @throws MeshwrightError UNKNOWN_REPOSITORY, or INVALID_CONFIGURATION when its URL or branch cannot be used.
 */
export type RepositoryFinder = (name: string) => WatchedRepository;

/** The repositories of a configuration; their mirrors lie beside the evidence, one directory each. */
export function repositoriesOf(
  config: Pick<Config, 'repositories' | 'evidence'>,
  secrets: Secrets,
): RepositoryFinder {
  const opened = new Map<string, WatchedRepository>();
  const mirrors = mirrorsOf(config);
  return (name) => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const found = config.repositories.find((repository) => repository.name === name);
    if (found === undefined) throw unknown(name, config.repositories);
    const watched = {
      config: found,
      repository: open(found, join(mirrors, name), secrets),
    };
    opened.set(name, watched);
    return watched;
  };
}

/** The forge and the chats that are told what becomes of a repository's commits. */
export function channelsOf({ forge, chats }: Pick<RepositoryConfig, 'forge' | 'chats'>): string[] {
  return [...new Set([...(forge === undefined ? [] : [forge.name]), ...chats])].toSorted();
}

/** The folder of the mirrors, one directory for each repository, by its name. */
export function mirrorsOf({ evidence }: Pick<Config, 'evidence'>): string {
  return join(dirname(evidence.directory), 'mirrors');
}

function open(config: RepositoryConfig, mirrorDirectory: string, secrets: Secrets): Repository {
  const { name, url, branch, credentials, signatures } = config;
  return openRepository({
    name,
    url,
    mirrorDirectory,
    ...(branch === undefined ? {} : { branch }),
    ...(credentials === undefined ? {} : { credentials: () => secrets.credentials(credentials) }),
    ...(signatures === undefined ? {} : { signatures }),
  });
}

function unknown(name: string, repositories: readonly RepositoryConfig[]): MeshwrightError {
  const names = repositories.map((repository) => repository.name).join(', ');
  return new MeshwrightError('UNKNOWN_REPOSITORY', `No repository is called ${JSON.stringify(name)}.`, {
    remedy: names === '' ? 'Configure one in meshwright.yaml.' : `Configured are: ${names}.`,
  });
}
