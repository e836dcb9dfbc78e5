import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { engineCases, type MeshCaseResult, noneRun, NotRun } from '@meshwright/plugin-testkit';
import { ensurePart, startTestbed, streamProgress } from '@meshwright/testbed';
import type { ConformanceTally } from '../load.ts';
import { type SourceDigests, sourceDigests } from './digest.ts';
import { meshCaseLine, readReport, writeReport } from './report.ts';
import { runNode } from './node.ts';
import {
  kubernetesVersion,
  meshCases,
  reportOfMesh,
  runLife,
  runOffline,
  runStory,
  type Tell,
} from './run.ts';
import { chartsOf, type MeshEntry, requireCharts } from './subjects.ts';

/** Where the suites of meshes run; what is absent is got. */
export interface ConformancePlace {
  charts?: string;
  kubeconfig?: string;
  /** Where what the engine told of each mesh is kept; nowhere unless told. */
  stories?: string;
  /** Whether a real node is run where it can be. */
  node: boolean;
}

const absent = 'its charts are not on this machine: give them with --charts';

/** Runs the suite of meshes one after the other on one cluster, says what comes out, and writes the reports. */
export async function conformMeshes(
  entries: readonly MeshEntry[],
  place: ConformancePlace,
  signal: AbortSignal,
): Promise<ConformanceTally> {
  if (entries.length === 0) return { ran: 0, failed: 0, notRun: [] };
  // Of what was loaded: sources may change while the suite runs.
  const sources = new Map(
    await Promise.all(entries.map(async (each) => [each, await sourceDigests(each)] as const)),
  );
  const cluster = await openCluster(place.kubeconfig, signal);
  try {
    const helm = await ensurePart('helm');
    const tally: ConformanceTally = { ran: 0, failed: 0, notRun: [] };
    for (const entry of entries) {
      signal.throwIfAborted();
      const { id, displayName } = entry.subject.plugin;
      console.log(`${displayName}:`);
      const charts = await chartsOf(entry, place.charts);
      if (charts === undefined) {
        await leaveOut(entry);
        tally.notRun.push(id);
        continue;
      }
      const loaded = sources.get(entry) ?? (await sourceDigests(entry));
      const there = { ...place, helm, charts, kubeconfig: cluster.kubeconfig };
      const cases = await conform(entry, loaded, there, signal);
      tally.ran += cases.filter(({ outcome }) => outcome !== 'not run').length;
      tally.failed += cases.filter(({ outcome }) => outcome === 'failed').length;
    }
    return tally;
  } finally {
    await cluster.stop();
  }
}

async function conform(
  entry: MeshEntry,
  sources: SourceDigests,
  place: ConformancePlace & { helm: string; charts: string; kubeconfig: string },
  signal: AbortSignal,
): Promise<MeshCaseResult[]> {
  const { charts, kubeconfig, stories: keep, node } = place;
  const tell = (result: MeshCaseResult): void => console.log(`  ${meshCaseLine(result)}`);
  await requireCharts(entry, charts);
  const cases = [...(await runOffline(entry, place, tell)), ...(await runLife(entry, place, tell))];
  signal.throwIfAborted();
  cases.push(...(await tellStory(entry, { charts, keep, signal, earlier: cases }, tell)));
  signal.throwIfAborted();
  const real = await runNode(entry, { node, signal });
  for (const result of real) tell(result);
  const kubernetes = await kubernetesVersion(kubeconfig);
  const all = [...cases, ...real];
  await writeReport(entry, await reportOfMesh(entry, all, { sources, charts, kubernetes }));
  return all;
}

/** The engine has nothing to lead where the mesh cannot even be installed: a commit would wait for what nobody mends. */
async function tellStory(
  entry: MeshEntry,
  { earlier, ...place }: Parameters<typeof runStory>[1] & { earlier: readonly MeshCaseResult[] },
  tell: Tell,
): Promise<MeshCaseResult[]> {
  const installed = earlier.find(({ id }) => id === 'install');
  if (installed?.outcome === 'passed') return runStory(entry, place, tell);
  const results = noneRun(engineCases, NotRun.earlierCase, 'it goes on from install, which did not pass');
  for (const result of results) tell(result);
  return results;
}

/** What was tried elsewhere with the same sources stays; else the report claims nothing. */
async function leaveOut(entry: MeshEntry): Promise<void> {
  const earlier = await readReport(entry);
  if (earlier !== undefined && isDeepStrictEqual(earlier.sources, await sourceDigests(entry))) {
    console.log(`  not run: ${absent}. Its report is of the same sources and stays.`);
    return;
  }
  console.log(`  not run: ${absent}`);
  await writeReport(
    entry,
    await reportOfMesh(entry, noneRun(meshCases, NotRun.noCharts, absent), {
      sources: await sourceDigests(entry),
    }),
  );
}

async function openCluster(
  given: string | undefined,
  signal: AbortSignal,
): Promise<{ kubeconfig: string; stop: () => Promise<void> }> {
  if (given !== undefined) return { kubeconfig: given, stop: () => Promise.resolve() };
  const testbed = await startTestbed({
    name: `conformance-${randomUUID().slice(0, 8)}`,
    profile: 'control-plane',
    owned: true,
    temporal: false,
    progress: streamProgress(process.stderr),
    signal,
  });
  return {
    kubeconfig: testbed.kubeconfig,
    stop: async () => {
      await testbed.stop({ remove: true });
    },
  };
}
