import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

export interface GiteaLayout {
  /** The server's own directory. */
  readonly directory: string;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Where its templates and other files lie; absent when it carries them itself. */
  readonly files: string | undefined;
  /** How many entries a page of its API holds at most. */
  readonly pageSize: number;
}

/** The text of Gitea's app.ini for a server that only its API and Git are asked of. */
export function giteaConfiguration({ directory, url, files, pageSize }: GiteaLayout): string {
  const { hostname, port } = new URL(url);
  const sections: Record<string, Record<string, string>> = {
    server: {
      PROTOCOL: 'http',
      HTTP_ADDR: hostname,
      HTTP_PORT: port,
      ROOT_URL: `${url}/`,
      DISABLE_SSH: 'true',
      LFS_START_SERVER: 'false',
      // No addresses outside this machine.
      OFFLINE_MODE: 'true',
      ...(files === undefined ? {} : { STATIC_ROOT_PATH: files }),
    },
    database: { DB_TYPE: 'sqlite3', PATH: join(directory, 'gitea.db'), SQLITE_JOURNAL_MODE: 'WAL' },
    repository: { ROOT: join(directory, 'repositories') },
    security: {
      INSTALL_LOCK: 'true',
      SECRET_KEY: randomBytes(32).toString('hex'),
      INTERNAL_TOKEN: randomBytes(32).toString('hex'),
      // Its users are made anew for every run: their passwords need not withstand a search.
      PASSWORD_HASH_ALGO: 'pbkdf2$1000$50',
    },
    service: { DISABLE_REGISTRATION: 'true', ENABLE_NOTIFY_MAIL: 'false' },
    api: { MAX_RESPONSE_ITEMS: String(pageSize), DEFAULT_PAGING_NUM: String(pageSize) },
    webhook: { ALLOWED_HOST_LIST: 'loopback', DELIVER_TIMEOUT: '10' },
    indexer: { ISSUE_INDEXER_TYPE: 'db' },
    session: { PROVIDER: 'memory' },
    picture: { DISABLE_GRAVATAR: 'true' },
    oauth2: { ENABLED: 'false' },
    actions: { ENABLED: 'false' },
    packages: { ENABLED: 'false' },
    cron: { ENABLED: 'false' },
    'cron.update_checker': { ENABLED: 'false' },
    log: { MODE: 'console', LEVEL: 'Warn' },
  };
  const lines = [`WORK_PATH = ${directory}`, 'APP_NAME = Gitea of the testbed', 'RUN_MODE = prod'];
  for (const [section, settings] of Object.entries(sections)) {
    lines.push('', `[${section}]`, ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`));
  }
  return `${lines.join('\n')}\n`;
}
