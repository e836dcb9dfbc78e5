import { type ChatConfig, type Config, type ForgeConfig, openSecrets } from '@meshwright/config';
import {
  type ChatPlugin,
  createServiceRegistry,
  type ForgePlugin,
  type Loader,
  type ServiceRegistry,
} from '@meshwright/plugin-sdk';
import { beforeEach, expect, it } from 'vitest';
import { openServices, type Services } from './services.ts';

const github: ForgeConfig = {
  name: 'hub',
  type: 'github',
  url: 'https://github.com',
  credentials: { kind: 'token', token: { env: 'TOKEN' } },
  webhookSecret: { env: 'SECRET' },
};
const mattermost: ChatConfig = {
  name: 'mesh team',
  type: 'mattermost',
  url: 'https://chat.example.com',
  channel: 'c1',
  secret: { env: 'SECRET' },
};

let loaded: string[];
beforeEach(() => {
  loaded = [];
});

function loader<Plugin extends { id: string }>(plugin: Plugin): Loader<Plugin> {
  return () => {
    loaded.push(plugin.id);
    return Promise.resolve(plugin);
  };
}

/** Plugins whose connections nobody uses. */
function registry(): ServiceRegistry {
  const forge = (id: string): Loader<ForgePlugin> =>
    loader({ id, displayName: id, connect: unused, receive: unused, render: unused });
  const chat = (id: string): Loader<ChatPlugin> => loader({ id, displayName: id, connect: unused });
  return createServiceRegistry({
    forges: { github: forge('github'), gitlab: forge('gitlab') },
    chats: { slack: chat('slack'), mattermost: chat('mattermost') },
  });
}

function unused(): never {
  return {} as never;
}

function open(
  config: Partial<Pick<Config, 'forges' | 'chats'>>,
  plugins: ServiceRegistry = registry(),
): Promise<Services> {
  return openServices({
    config: {
      repositories: [],
      forges: [],
      chats: [],
      gateway: { listen: { host: '127.0.0.1', port: 0 }, tokens: [], url: 'https://mesh.example.com' },
      ...config,
    },
    secrets: openSecrets({ environment: {} }),
    plugins,
    context: { http: { send: () => Promise.reject(new Error('Nobody is reached.')) }, now: () => 0 },
  });
}

it('loads the plugins of what is configured, and no others', async () => {
  await open({});
  expect(loaded).toEqual([]);
  const services = await open({ forges: [github], chats: [mattermost] });
  expect(loaded).toEqual(['github', 'mattermost']);
  expect(services.forge('hub')?.plugin.id).toBe('github');
  expect(services.chat('mesh team')?.plugin.id).toBe('mattermost');
});

it('refuses a type without a plugin before it loads any', async () => {
  const plugins = createServiceRegistry({ forges: { github: () => Promise.reject(new Error()) }, chats: {} });
  await expect(open({ forges: [github], chats: [mattermost] }, plugins)).rejects.toMatchObject({
    code: 'UNKNOWN_PLUGIN',
  });
});

it('tells a chat the address at which the gateway hears of it', async () => {
  const { chats } = await open({ chats: [mattermost] });
  expect(chats[0]?.settings.callbackUrl).toBe('https://mesh.example.com/chats/mesh%20team');
});
