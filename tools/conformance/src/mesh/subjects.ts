import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plugins } from '@meshwright/cluster-agent';
import { MeshwrightError } from '@meshwright/model';
import type { MeshSubject } from '@meshwright/plugin-testkit';
import { ciliumCharts, istioCharts } from '@meshwright/testbed';

/** A mesh plugin, and where its charts can be had. */
export interface MeshEntry {
  subject: MeshSubject;
  /** A directory of real charts that every machine can have; absent where there is none. */
  charts?: () => Promise<string>;
}

/** The root of the checkout. */
export const root: string = fileURLToPath(new URL('../../../../', import.meta.url));

/** Charts that lie inside Go modules. */
const modules: Readonly<Record<string, () => Promise<string>>> = { cilium: ciliumCharts, istio: istioCharts };

/** Every mesh plugin that is registered, by what its own folder tells the suite. */
export const meshes: readonly MeshEntry[] = await Promise.all(plugins.ids.map(entryOf));

async function entryOf(id: string): Promise<MeshEntry> {
  const file = new URL(`../../../../plugins/mesh-${id}/src/test-support/subject.ts`, import.meta.url);
  const { subject } = (await import(file.href)) as { subject: MeshSubject };
  const charts = modules[id];
  return { subject, ...(charts === undefined ? {} : { charts }) };
}

/** The folder of a mesh plugin's package. */
export function folderOf({ subject: { plugin } }: MeshEntry): string {
  return join(root, 'plugins', `mesh-${plugin.id}`);
}

/** The directory with the charts of both versions: the given one where it holds them or no other does. */
export async function chartsOf(
  { subject, charts }: MeshEntry,
  given: string | undefined,
): Promise<string | undefined> {
  if (given !== undefined && (charts === undefined || (await holds(given, subject)))) return given;
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

/** @throws MeshwrightError CHART_MISSING with the folders that a directory lacks for the suite to begin. */
export async function requireCharts({ subject }: MeshEntry, directory: string): Promise<void> {
  const missing = await lackedBy(directory, subject);
  if (missing.length === 0) return;
  throw new MeshwrightError('CHART_MISSING', `${directory} lacks ${missing.join(', ')}.`, {
    remedy: 'Put each chart there as a folder <chart>-<version> that has its Chart.yaml.',
  });
}

async function holds(directory: string, subject: MeshSubject): Promise<boolean> {
  return (await lackedBy(directory, subject)).length === 0;
}

async function lackedBy(directory: string, { charts, versions }: MeshSubject): Promise<string[]> {
  const lacking: string[] = [];
  for (const version of Object.values(versions)) {
    for (const chart of charts) {
      const folder = await chartFolder(directory, chart, version);
      if (folder === undefined) lacking.push(`${chart}-${version}`);
    }
  }
  return lacking;
}
