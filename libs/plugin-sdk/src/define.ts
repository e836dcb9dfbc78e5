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

/** The forges and chats of one engine by id. */
export interface ServiceRegistry {
  forges: string[];
  chats: string[];
  /** @throws MeshwrightError UNKNOWN_PLUGIN that lists the known ids. */
  forge(id: string): ForgePlugin;
  /** @throws MeshwrightError UNKNOWN_PLUGIN that lists the known ids. */
  chat(id: string): ChatPlugin;
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

/**
 * A registry of the given forge and chat plugins.
 * @throws MeshwrightError UNKNOWN_PLUGIN when two plugins of a kind share an id.
 */
export function createServiceRegistry(plugins: {
  forges: readonly ForgePlugin[];
  chats: readonly ChatPlugin[];
}): ServiceRegistry {
  const forges = register(plugins.forges, { one: 'forge', all: 'forges' });
  const chats = register(plugins.chats, { one: 'chat', all: 'chats' });
  return { forges: forges.ids, forge: forges.find, chats: chats.ids, chat: chats.find };
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
