import { connectCluster } from '@meshwright/cluster';
import {
  beginLife,
  beginStory,
  endLife,
  endStory,
  engineCases,
  lifeCases,
  type MeshCaseResult,
  nodeCases,
  offlineCases,
  runMeshCases,
} from '@meshwright/plugin-testkit';
import { digestOfFolder, type SourceDigests } from './digest.ts';
import { keepStory } from './engine/keep.ts';
import { openEngine } from './engine/trial.ts';
import { openWorld } from './offline.ts';
import type { MeshReport } from './report.ts';
import { chartFolder, type MeshEntry } from './subjects.ts';
import { openTrial, type TrialPlace } from './trial.ts';

/** Hears of each case as soon as it is over. */
export type Tell = (result: MeshCaseResult) => void;

/** All cases of the suite, in their order. */
export const meshCases: readonly { id: string; title: string; level: MeshCaseResult['level'] }[] = [
  ...offlineCases,
  ...lifeCases,
  ...engineCases,
  ...nodeCases,
];

/** Runs what needs no cluster. */
export async function runOffline(
  { subject }: MeshEntry,
  place: Omit<TrialPlace, 'kubeconfig'>,
  tell: Tell,
): Promise<MeshCaseResult[]> {
  const { world, close } = await openWorld(subject, place);
  try {
    return await runMeshCases(offlineCases, { world, capabilities: subject.plugin.capabilities }, tell);
  } finally {
    await close();
  }
}

/** Leads a life of the mesh on a real API server with simulated nodes. */
export async function runLife(
  { subject }: MeshEntry,
  place: TrialPlace,
  tell: Tell,
): Promise<MeshCaseResult[]> {
  const { trial, close } = await openTrial(subject.plugin, place);
  const life = await beginLife(subject, trial);
  try {
    return await runMeshCases(lifeCases, { world: life, capabilities: subject.plugin.capabilities }, tell);
  } finally {
    await endLife(life);
    await close();
  }
}

/** Has the whole engine lead the mesh from commits; with `keep`, what was told is kept in that directory. */
export async function runStory(
  { subject }: MeshEntry,
  { charts, keep, signal }: { charts: string; keep?: string | undefined; signal: AbortSignal },
  tell: Tell,
): Promise<MeshCaseResult[]> {
  const { trial, close } = await openEngine(subject, { charts, signal });
  try {
    const story = await beginStory(subject, trial);
    try {
      const { capabilities } = subject.plugin;
      return await runMeshCases(engineCases, { world: story, capabilities }, tell);
    } finally {
      await endStory(story);
      if (keep !== undefined) await keepStory(story, keep);
    }
  } finally {
    await close();
  }
}

/** The report of a run with these charts; without charts nothing was run. */
export async function reportOfMesh(
  entry: MeshEntry,
  cases: readonly MeshCaseResult[],
  { sources, charts, kubernetes }: { sources: SourceDigests; charts?: string; kubernetes?: string },
): Promise<MeshReport> {
  const { plugin, versions } = entry.subject;
  return {
    version: 1,
    mesh: plugin.id,
    displayName: plugin.displayName,
    capabilities: plugin.capabilities,
    sources,
    versions,
    charts: charts === undefined ? [] : await chartDigests(entry, charts),
    ...(kubernetes === undefined ? {} : { kubernetes }),
    cases,
  };
}

async function chartDigests({ subject }: MeshEntry, charts: string): Promise<MeshReport['charts']> {
  const digests: MeshReport['charts'] = [];
  for (const version of Object.values(subject.versions)) {
    for (const chart of subject.charts) {
      const folder = await chartFolder(charts, chart, version);
      if (folder !== undefined) digests.push({ chart, version, digest: await digestOfFolder(folder) });
    }
  }
  return digests;
}

/** The version of the API server behind a kubeconfig. */
export async function kubernetesVersion(kubeconfig: string): Promise<string> {
  const client = connectCluster({ name: 'test', kubeconfig });
  try {
    return await client.version();
  } finally {
    await client.close();
  }
}
