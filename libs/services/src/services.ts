import type {
  ChatConfig,
  Config,
  ForgeConfig,
  RepositoryConfig,
  SecretReference,
  Secrets,
} from '@meshwright/config';
import { MeshwrightError } from '@meshwright/model';
import type {
  ChatConnection,
  ChatPlugin,
  ChatSettings,
  ForgeConnection,
  ForgePlugin,
  ForgeSettings,
  ReadSecret,
  ServiceContext,
  ServiceRegistry,
} from '@meshwright/plugin-sdk';

/** A configured forge with its plugin. */
export interface ForgeService {
  config: ForgeConfig;
  plugin: ForgePlugin;
  settings: ForgeSettings;
  connection: ForgeConnection;
}

/** A configured chat with its plugin. */
export interface ChatService {
  config: ChatConfig;
  plugin: ChatPlugin;
  settings: ChatSettings;
  connection: ChatConnection;
}

/** The forges and chats of a configuration, and whose repositories are where. */
export interface Services {
  forges: readonly ForgeService[];
  chats: readonly ChatService[];
  forge(name: string): ForgeService | undefined;
  chat(name: string): ChatService | undefined;
  /** @throws MeshwrightError UNKNOWN_REPOSITORY */
  repository(name: string): RepositoryConfig;
  /** The repositories with a forge, as it knows them. */
  hosted(forge: string, project: string): RepositoryConfig[];
}

export interface ServicesOptions {
  config: Pick<Config, 'forges' | 'chats' | 'repositories' | 'gateway'>;
  secrets: Secrets;
  plugins: ServiceRegistry;
  context: ServiceContext;
}

/**
 * Loads the plugins of what is configured, and no others. Connects to nobody yet: connections are made when they are used.
 * @throws MeshwrightError UNKNOWN_PLUGIN for a type without a plugin, before any is loaded.
 */
export async function openServices({
  config,
  secrets,
  plugins,
  context,
}: ServicesOptions): Promise<Services> {
  const opening = { context, reader: readerOf(secrets), gateway: config.gateway.url };
  const found = {
    forges: config.forges.map((forge) => ({ forge, load: plugins.forge(forge.type) })),
    chats: config.chats.map((chat) => ({ chat, load: plugins.chat(chat.type) })),
  };
  const [forges, chats] = await Promise.all([
    Promise.all(found.forges.map(async ({ forge, load }) => openForge(forge, await load(), opening))),
    Promise.all(found.chats.map(async ({ chat, load }) => openChat(chat, await load(), opening))),
  ]);
  const forgeByName = new Map(forges.map((forge) => [forge.config.name, forge]));
  const chatByName = new Map(chats.map((chat) => [chat.config.name, chat]));
  return {
    forges,
    chats,
    forge: (name) => forgeByName.get(name),
    chat: (name) => chatByName.get(name),
    repository(name) {
      const found = config.repositories.find((repository) => repository.name === name);
      if (found !== undefined) return found;
      throw new MeshwrightError('UNKNOWN_REPOSITORY', `No repository is called ${JSON.stringify(name)}.`, {
        remedy: 'Configure it in meshwright.yaml, for the gateway too.',
      });
    },
    hosted: (forge, project) =>
      config.repositories.filter(
        ({ forge: own }) => own?.name === forge && isSameProject(own.project, project),
      ),
  };
}

/** GitHub, GitLab and Gitea all take names of projects in any case. */
function isSameProject(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

type Reader = (reference: SecretReference) => ReadSecret;

function readerOf(secrets: Secrets): Reader {
  return (reference) => () => secrets.read(reference);
}

interface Opening {
  context: ServiceContext;
  reader: Reader;
  /** Where the gateway is reached, where that is known. */
  gateway: string | undefined;
}

function openForge(config: ForgeConfig, plugin: ForgePlugin, { context, reader }: Opening): ForgeService {
  const { name, url, credentials, webhookSecret } = config;
  const settings: ForgeSettings = {
    service: name,
    url,
    credential:
      credentials.kind === 'token'
        ? { kind: 'token', token: reader(credentials.token) }
        : { ...credentials, privateKey: reader(credentials.privateKey) },
    webhookSecret: reader(webhookSecret),
  };
  return { config, plugin, settings, connection: plugin.connect(settings, context) };
}

function openChat(
  config: ChatConfig,
  plugin: ChatPlugin,
  { context, reader, gateway }: Opening,
): ChatService {
  const { name, url, channel, token, secret, appToken } = config;
  const settings: ChatSettings = {
    service: name,
    channel,
    secret: reader(secret),
    ...(url === undefined ? {} : { url }),
    ...(token === undefined ? {} : { token: reader(token) }),
    ...(appToken === undefined ? {} : { appToken: reader(appToken) }),
    ...(gateway === undefined ? {} : { callbackUrl: `${gateway}/chats/${encodeURIComponent(name)}` }),
  };
  return { config, plugin, settings, connection: plugin.connect(settings, context) };
}
