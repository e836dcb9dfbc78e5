import type { Config } from '@meshwright/config';
import { sampleConfig } from './world.ts';

/** What the process that is attacked is told. */
export interface HostileOrder {
  address: string;
  namespace: string;
  directory: string;
}

/** What it says of itself; memory in bytes. */
export interface HostileReport {
  url: string;
  rss: number;
  heapUsed: number;
  hints: number;
  log: string[];
}

export const hostileSecrets = {
  HOOK: 'hook-4a7f0c1e9b2d',
  GITEA: 'gitea-8e1d3c5b7a90',
  GITHUB: 'github-1b2c3d4e5f60',
  GITLAB: 'gitlab-9f8e7d6c5b4a',
  SLACK: 'slack-0a1b2c3d4e5f',
  MATTERMOST: 'mattermost-5f4e3d2c1b0a',
  TOKEN: `program-${'7c'.repeat(16)}`,
} as const;

/** Every kind of forge and chat, a webhook of a repository, and a program. */
export function hostileConfig(directory: string, temporal: { address: string; namespace: string }): Config {
  const config = sampleConfig(directory, temporal);
  const forges = ['gitea', 'github', 'gitlab'] as const;
  const chats = ['slack', 'mattermost'] as const;
  // Nobody answers at these addresses: what is believed is tried for real, and nobody is reached by it.
  const url = 'http://127.0.0.1:9';
  return {
    ...config,
    repositories: config.repositories.map(({ forge, ...repository }) => ({
      ...repository,
      chats: [],
      ...(forge === undefined ? {} : { forge: { ...forge, name: 'gitea' } }),
    })),
    forges: forges.map((type) => ({
      name: type,
      type,
      url,
      credentials: { kind: 'token', token: { env: type.toUpperCase() } },
      webhookSecret: { env: type.toUpperCase() },
    })),
    chats: chats.map((type) => ({
      name: type,
      type,
      channel: 'C1',
      token: { env: type.toUpperCase() },
      secret: { env: type.toUpperCase() },
      url,
    })),
  };
}
