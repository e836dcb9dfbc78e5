import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { subject as cilium } from '@meshwright/mesh-cilium/test-support/subject';
import { subject as istio } from '@meshwright/mesh-istio/test-support/subject';
import type { MeshSubject } from '@meshwright/plugin-testkit';
import { ciliumCharts, istioCharts } from '@meshwright/testbed';

/** A mesh plugin, and where its charts can be had. */
export interface MeshEntry {
  subject: MeshSubject;
  /** A directory of real charts that every machine can have; absent where there is none. */
  charts?: () => Promise<string>;
}

/** Every mesh plugin there is. */
export const meshes: readonly MeshEntry[] = [
  { subject: cilium, charts: ciliumCharts },
  { subject: istio, charts: istioCharts },
];

/** The root of the checkout. */
export const root: string = fileURLToPath(new URL('../../../../', import.meta.url));

/** The folder of a mesh plugin's package. */
export function folderOf({ subject: { plugin } }: MeshEntry): string {
  return join(root, 'plugins', `mesh-${plugin.id}`);
}

/** The directory with the charts of both versions: the given one where it holds them; undefined where nobody has them. */
export async function chartsOf(
  { subject, charts }: MeshEntry,
  given: string | undefined,
): Promise<string | undefined> {
  if (given !== undefined && (await holds(given, subject))) return given;
  return charts?.();
}

/** Where a version of a chart lies in a directory; undefined where it does not. */
export async function chartFolder(
  directory: string,
  chart: string,
  version: string,
): Promise<string | undefined> {
  for (const name of [`${chart}-${version}`, chart]) {
    const folder = join(directory, name);
    const isThere = await access(join(folder, 'Chart.yaml')).then(
      () => true,
      () => false,
    );
    if (isThere) return folder;
  }
  return undefined;
}

async function holds(directory: string, { charts, versions }: MeshSubject): Promise<boolean> {
  const wanted = charts.flatMap((chart) => Object.values(versions).map((version) => ({ chart, version })));
  const found = await Promise.all(wanted.map(({ chart, version }) => chartFolder(directory, chart, version)));
  return found.every((folder) => folder !== undefined);
}
