import { MeshwrightError } from '@meshwright/model';
import type { ChatPlugin } from './chat.ts';
import type { ForgePlugin } from './forge.ts';
import type { LoadPlugin } from './load.ts';
import type { MeshPlugin } from './mesh.ts';

/** Declares a mesh plugin; gives it back as it is, with its type checked. */
export function definePlugin(plugin: MeshPlugin): MeshPlugin {
  return plugin;
}

/** The mesh plugins of one engine by id. */
export interface PluginRegistry {
  ids: string[];
  /** @throws MeshwrightError UNKNOWN_PLUGIN that lists the known ids. */
  mesh(id: string): MeshPlugin;
}

/** The load generators of one engine by id. */
export interface LoadRegistry {
  ids: string[];
  /** @throws MeshwrightError UNKNOWN_PLUGIN that lists the known ids. */
  generator(id: string): LoadPlugin;
}

/** Loads a plugin with the libraries of its service: an engine has only those in memory whose services it is configured for. */
export type Loader<Plugin> = () => Promise<Plugin>;

/** The forges and chats of one engine by id. */
export interface ServiceRegistry {
  forges: string[];
  chats: string[];
  /** Loads nothing yet. @throws MeshwrightError UNKNOWN_PLUGIN that lists the known ids. */
  forge(id: string): Loader<ForgePlugin>;
  /** Loads nothing yet. @throws MeshwrightError UNKNOWN_PLUGIN that lists the known ids. */
  chat(id: string): Loader<ChatPlugin>;
}

/**
 * A registry of the given mesh plugins.
 * @throws MeshwrightError UNKNOWN_PLUGIN when two plugins share an id.
 */
export function createRegistry(plugins: readonly MeshPlugin[]): PluginRegistry {
  const { ids, find } = register(plugins, { one: 'mesh plugin', all: 'meshes' });
  return { ids, mesh: find };
}

/**
 * A registry of the given load generators.
 * @throws MeshwrightError UNKNOWN_PLUGIN when two plugins share an id.
 */
export function createLoadRegistry(plugins: readonly LoadPlugin[]): LoadRegistry {
  const { ids, find } = register(plugins, { one: 'load generator', all: 'load generators' });
  return { ids, generator: find };
}

/** A registry of forge and chat plugins, each listed by its id. */
export function createServiceRegistry(plugins: {
  forges: Readonly<Record<string, Loader<ForgePlugin>>>;
  chats: Readonly<Record<string, Loader<ChatPlugin>>>;
}): ServiceRegistry {
  const forges = register(listed(plugins.forges), { one: 'forge', all: 'forges' });
  const chats = register(listed(plugins.chats), { one: 'chat', all: 'chats' });
  return {
    forges: forges.ids,
    forge: (id) => forges.find(id).load,
    chats: chats.ids,
    chat: (id) => chats.find(id).load,
  };
}

function listed<Plugin>(
  plugins: Readonly<Record<string, Loader<Plugin>>>,
): { id: string; load: Loader<Plugin> }[] {
  return Object.entries(plugins).map(([id, load]) => ({ id, load }));
}

function register<Plugin extends { id: string }>(
  plugins: readonly Plugin[],
  { one, all }: { one: string; all: string },
): { ids: string[]; find: (id: string) => Plugin } {
  const byId = new Map<string, Plugin>();
  for (const plugin of plugins) {
    if (byId.has(plugin.id)) {
      throw new MeshwrightError('UNKNOWN_PLUGIN', `Two plugins share the id "${plugin.id}".`);
    }
    byId.set(plugin.id, plugin);
  }
  const ids = [...byId.keys()].sort();
  return {
    ids,
    find(id) {
      const plugin = byId.get(id);
      if (plugin !== undefined) return plugin;
      throw new MeshwrightError('UNKNOWN_PLUGIN', `There is no ${one} "${id}".`, {
        remedy: `Known ${all}: ${ids.join(', ')}.`,
      });
    },
  };
}
