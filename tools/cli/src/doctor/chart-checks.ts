import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openCharts } from '@meshwright/charts';
import type { Config } from '@meshwright/config';
import type { Check } from './run.ts';

/** Helm alone is checked with its own cache as the source; each configured source with Helm and the agents' cache. */
export function chartChecks({ charts, meshes }: Pick<Config, 'charts' | 'meshes'>): Check[] {
  const { helm, cache } = charts;
  const configured = Object.entries(meshes).flatMap(([id, mesh]) =>
    mesh.charts === undefined ? [] : [[id, mesh.charts] as const],
  );
  return [
    {
      name: 'helm',
      async look(signal) {
        await mkdir(cache, { recursive: true, mode: 0o700 });
        const available = await openCharts({
          helm,
          cacheDirectory: cache,
          source: { directory: cache },
        }).available({ signal });
        return { found: available.helm };
      },
    },
    ...configured.map(([id, { source, digests }]) => ({
      name: `charts ${id}`,
      async look(signal: AbortSignal) {
        if (source === undefined) {
          // Plugins are the agents' own: what a plugin names is not known here.
          const pinned = Object.keys(digests).join(', ') || 'nothing';
          return { skipped: `the agents ask the plugin's public repository; pinned: ${pinned}` };
        }
        const cacheDirectory = join(cache, id);
        const available = await openCharts({ helm, cacheDirectory, source, digests }).available({ signal });
        return { found: available.source };
      },
    })),
  ];
}
