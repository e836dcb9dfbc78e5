import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClusterClient, connectCluster } from '@meshwright/cluster';
import {
  addIstioVersion,
  ISTIO_UPGRADE_VERSION,
  ISTIO_VERSION,
  istioValues,
  partContext,
} from '@meshwright/testbed';
import {
  type Benchmark,
  type BenchmarkOptions,
  type Findings,
  makeReport,
  programPart,
  withDirectory,
} from '../benchmark.ts';
import type { MeshChoice, PatternContent, Pushed } from '../engine/patterns.ts';
import { awaitRollout } from '../engine/rollouts.ts';
import { type EngineSession, withEngine } from '../engine/session.ts';
import { type Arm, interleave } from '../measuring/arms.ts';
import { caseReport } from '../measuring/report.ts';
import { readInstalled, type UpgradeFiles, writeUpgrade } from './manifests.ts';
import { runScript } from './script.ts';
import { checkoutContent, untilGone, untilSettled, workloadPods } from './workloads.ts';

const times = { usual: 15, quick: 2 };
const goal = 1.1;
const versions = [ISTIO_VERSION, ISTIO_UPGRADE_VERSION] as const;
type Version = (typeof versions)[number];

/** A canary upgrade of Istio with two workloads, against the same steps by kubectl. */
export const upgradeBenchmark: Benchmark = {
  name: 'upgrade',
  summary:
    'a canary upgrade on a real node, from a commit to the end of its rollout, against kubectl (Linux, root)',
  run: (options) => makeReport('upgrade', options, () => measureUpgrade(options)),
};

function measureUpgrade(options: BenchmarkOptions): Promise<Findings> {
  const { install, progress, signal } = options;
  return withEngine({ benchmark: 'upgrade', profile: 'node' }, options, (session) =>
    withDirectory(async (directory) => {
      const context = partContext({ install, progress, signal });
      await addIstioVersion(session.testbed.directory, ISTIO_UPGRADE_VERSION, context);
      return measureOn(session, directory, options);
    }),
  );
}

async function measureOn(
  session: EngineSession,
  directory: string,
  options: BenchmarkOptions,
): Promise<Findings> {
  const { signal, progress, quick, repetitions = quick ? times.quick : times.usual } = options;
  const { kubeconfig } = session.testbed;
  const kubectl = await programPart('kubectl', options);
  const client = connectCluster({ name: 'bench', kubeconfig });
  try {
    const upgrades = await installBoth({ session, client, directory }, options);
    const arms: Arm[] = [
      {
        name: 'kubectl',
        description: 'the same steps and objects by kubectl, one after the other',
        async measure() {
          const { to, files } = upgrades.next();
          const controlPlane = `istiod-${to.replaceAll('.', '-')}`;
          const sample = await runScript({ kubectl: kubectl.path, kubeconfig, files, controlPlane, signal });
          await untilSettled(client, signal);
          return sample;
        },
      },
      {
        name: 'meshwright',
        description: 'a commit through the whole engine',
        async measure() {
          const before = await workloadPods(client, signal);
          const { begunAt, pushedAt, startedAt, closedAt } = await upgrades.commit(upgrades.next().to);
          await untilGone(client, before, signal);
          const goneAt = Date.now();
          await untilSettled(client, signal);
          const details = {
            push: pushedAt - begunAt,
            noticed: startedAt - pushedAt,
            rollout: closedAt - startedAt,
            'old pods gone': goneAt - closedAt,
          };
          return { value: goneAt - begunAt, details };
        },
      },
    ];
    const title = 'canary upgrade of Istio with two workloads';
    const found = await interleave(arms, { title, repetitions, warmUps: 0, progress, signal });
    const question = {
      name: title,
      unit: 'ms',
      reference: 'kubectl',
      ratioGoals: { meshwright: goal },
    } as const;
    return {
      versions: {
        kubernetes: await client.version(),
        istio: versions.join(' and '),
        kubectl: kubectl.version ?? 'unknown',
      },
      notes,
      cases: [caseReport(question, arms, found)],
    };
  } finally {
    await client.close();
  }
}

const notes = [
  'Every upgrade goes from the version that is there to the other one: the new control plane beside the old, the tag, a restart of both workloads, and the end of the old control plane. Both versions are one source under two numbers, so going back is the same work.',
  'Meshwright: from before git commit to the end of the rollout and of the last old pod, from a local repository, with the engine running.',
  'kubectl: server-side apply of what both versions share, then of the new control plane, rollout status, apply of the tag, rollout restart and status of both workloads, a wait until no old pod is left, and the deletion of the old control plane. The objects are those that Meshwright applied, rendered before.',
  'Before each upgrade every pod of the version before has left the node. One upgrade by Meshwright comes before the first that is recorded.',
];

/** The upgrades of one node, each to the version that is not there. */
interface Upgrades {
  /** Where the next upgrade leads, which is there from now on, and the files for a script. */
  next(): { to: Version; files: UpgradeFiles };
  /** Has Meshwright do it. */
  commit(to: Version): Promise<Pushed & { startedAt: number; closedAt: number }>;
}

/** Installs one version and upgrades it to the other, so that it is known what both consist of. */
async function installBoth(
  { session, client, directory }: { session: EngineSession; client: ClusterClient; directory: string },
  { progress, signal }: BenchmarkOptions,
): Promise<Upgrades> {
  const { patterns, temporal } = session;
  let revision = 0;
  const commit = async (to: Version, content?: PatternContent): ReturnType<Upgrades['commit']> => {
    revision += 1;
    const pushed = await patterns.push(revision, { mesh: meshOf(to), ...(content && { content }) });
    return { ...pushed, ...(await awaitRollout(temporal, pushed.commit, signal)) };
  };
  const task = progress.begin('both versions, by turns');
  const [first, second] = versions;
  await commit(first, await checkoutContent());
  await untilSettled(client, signal);
  const one = await readInstalled(client, signal);
  await commit(second);
  await untilSettled(client, signal);
  const other = await readInstalled(client, signal);
  task.succeed();
  const write = async (name: string, from: typeof one, to: typeof one): Promise<UpgradeFiles> => {
    await mkdir(join(directory, name));
    return writeUpgrade(join(directory, name), { from, to });
  };
  const ways: Record<Version, UpgradeFiles> = {
    [first]: await write('there', other, one),
    [second]: await write('back', one, other),
  };
  let now: Version = second;
  return {
    next() {
      now = now === first ? second : first;
      return { to: now, files: ways[now] };
    },
    commit,
  };
}

function meshOf(version: Version): MeshChoice {
  return { version, values: { istiod: { ...istioValues(version) } } };
}
