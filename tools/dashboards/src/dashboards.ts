import { meshIstio } from '@meshwright/mesh-istio';
import { meshLinkerd } from '@meshwright/mesh-linkerd';
import type { MeshPlugin } from '@meshwright/plugin-sdk';
import { engineDashboard } from './engine.ts';
import { type AskedMesh, goldenSignalsDashboard } from './golden-signals.ts';
import type { Dashboard } from './grafana.ts';

const meshes: readonly MeshPlugin[] = [meshIstio, meshLinkerd];

/** Every mesh, in each of its modes, that answers for golden signals. */
export function askedMeshes(): AskedMesh[] {
  return meshes.flatMap((plugin) => {
    if (!('goldenSignals' in plugin)) return [];
    const { id, displayName, capabilities } = plugin;
    return capabilities.modes.map((mode) => ({ id, displayName, mode, signals: plugin.goldenSignals(mode) }));
  });
}

/** All dashboards, by the names of their files. */
export function allDashboards(): Record<string, Dashboard> {
  return {
    'meshwright.json': engineDashboard(),
    ...Object.fromEntries(
      askedMeshes().map((mesh) => [`${mesh.id}-${mesh.mode}.json`, goldenSignalsDashboard(mesh)]),
    ),
  };
}

/** A dashboard as its file has it. */
export function textOf(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

/** Where the files are. */
export const dashboardsFolder = new URL('../../../docs/dashboards/', import.meta.url);
