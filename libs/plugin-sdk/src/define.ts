import { MeshwrightError } from '@meshwright/model';
import type { MeshPlugin } from './mesh.ts';

/** Declares a mesh plugin; gives it back as it is, with its type checked. */
export function definePlugin(plugin: MeshPlugin): MeshPlugin {
  return plugin;
}

/** The plugins of one engine by id. */
export interface PluginRegistry {
  ids: string[];
  /** @throws MeshwrightError UNKNOWN_PLUGIN that lists the known ids. */
  mesh(id: string): MeshPlugin;
}

/**
 * A registry of the given plugins.
 * @throws MeshwrightError UNKNOWN_PLUGIN when two plugins share an id.
 */
export function createRegistry(plugins: readonly MeshPlugin[]): PluginRegistry {
  const byId = new Map<string, MeshPlugin>();
  for (const plugin of plugins) {
    if (byId.has(plugin.id)) {
      throw new MeshwrightError('UNKNOWN_PLUGIN', `Two plugins share the id "${plugin.id}".`);
    }
    byId.set(plugin.id, plugin);
  }
  const ids = [...byId.keys()].sort();
  return {
    ids,
    mesh(id) {
      const plugin = byId.get(id);
      if (plugin !== undefined) return plugin;
      throw new MeshwrightError('UNKNOWN_PLUGIN', `There is no mesh plugin "${id}".`, {
        remedy: `Known meshes: ${ids.join(', ')}.`,
      });
    },
  };
}
