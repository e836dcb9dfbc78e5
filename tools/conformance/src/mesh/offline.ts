import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCharts } from '@meshwright/charts';
import type { ChartsPort } from '@meshwright/plugin-sdk';
import type { MeshSubject, OfflineWorld } from '@meshwright/plugin-testkit';
import type { TrialPlace } from './trial.ts';

/** A world that was opened. */
export interface OpenWorld {
  world: OfflineWorld;
  /** Removes its files. */
  close: () => Promise<void>;
}

/** The real charts of a mesh, with Helm. */
export async function openWorld(
  subject: MeshSubject,
  { helm, charts }: Omit<TrialPlace, 'kubeconfig'>,
): Promise<OpenWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'conformance-'));
  const open = async (source: string): Promise<ChartsPort> =>
    openCharts({
      helm,
      cacheDirectory: await mkdtemp(join(directory, 'cache-')),
      source: { directory: source },
    });
  return {
    world: {
      subject,
      openCharts: () => open(charts),
      openAltered: async (template) => open(await alteredCharts(subject, { charts, directory, template })),
    },
    close: () => rm(directory, { recursive: true }),
  };
}

/** A copy of the charts; each version of the first one has a template more. */
async function alteredCharts(
  { charts: [first = ''] }: MeshSubject,
  { charts, directory, template }: { charts: string; directory: string; template: string },
): Promise<string> {
  const copy = await mkdtemp(join(directory, 'charts-'));
  for (const name of await readdir(charts)) {
    await cp(join(charts, name), join(copy, name), { recursive: true, dereference: true });
    if (name !== first && !isVersionOf(first, name)) continue;
    await writeFile(join(copy, name, 'templates', 'meshwright-conformance.yaml'), template);
  }
  return copy;
}

/** Whether a folder is `<chart>-<version>`. */
function isVersionOf(chart: string, folder: string): boolean {
  return folder.startsWith(`${chart}-`) && /^\d/.test(folder.slice(chart.length + 1));
}
