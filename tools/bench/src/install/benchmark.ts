import { join } from 'node:path';
import { connectCluster, type ClusterClient } from '@meshwright/cluster';
import { ISTIO_VERSION } from '@meshwright/testbed';
import {
  type Benchmark,
  type BenchmarkOptions,
  type Findings,
  makeReport,
  programPart,
  withDirectory,
} from '../benchmark.ts';
import { awaitRollout } from '../engine/rollouts.ts';
import { type EngineSession, withEngine } from '../engine/session.ts';
import { type Arm, interleave } from '../measuring/arms.ts';
import { caseReport } from '../measuring/report.ts';
import { removeLeftovers, removePattern } from './clean-cluster.ts';
import { type Istioctl, openIstioctl } from './istioctl.ts';

const times = { usual: 15, quick: 2 };
const goal = 1;

/** Installing Istio from nothing until istiod is ready, against istioctl. */
export const installBenchmark: Benchmark = {
  name: 'install',
  summary:
    'Istio on a real node, from a commit to the end of its rollout, against istioctl install (Linux, root)',
  run: (options) => makeReport('install', options, () => measureInstall(options)),
};

function measureInstall(options: BenchmarkOptions): Promise<Findings> {
  return withEngine({ benchmark: 'install', profile: 'node' }, options, (session) =>
    withDirectory((directory) => measureOn(session, directory, options)),
  );
}

async function measureOn(
  session: EngineSession,
  directory: string,
  options: BenchmarkOptions,
): Promise<Findings> {
  const { signal, progress, quick, repetitions = quick ? times.quick : times.usual } = options;
  const { kubeconfig } = session.testbed;
  const part = await programPart('istioctl', options);
  const settingsFile = join(directory, 'istio.yaml');
  const istioctl = await openIstioctl({ program: part.path, kubeconfig, settingsFile, signal });
  const client = connectCluster({ name: 'bench', kubeconfig });
  try {
    const arms = [istioctlArm(istioctl, client, signal), engineArm(session, client, signal)];
    const title = 'install of Istio until istiod is ready';
    const found = await interleave(arms, { title, repetitions, progress, signal });
    const question = {
      name: title,
      unit: 'ms',
      reference: 'istioctl',
      ratioGoals: { meshwright: goal },
    } as const;
    return {
      versions: {
        kubernetes: await client.version(),
        istio: ISTIO_VERSION,
        istioctl: part.version ?? 'unknown',
      },
      notes,
      cases: [caseReport(question, arms, found)],
    };
  } finally {
    await client.close();
  }
}

const notes = [
  'Both install the base and istiod, without gateways, with the same values and the same images, which the node has already. Between two installs everything is removed, definitions and namespaces too.',
  'Meshwright: from before git commit to the end of the rollout, from a local repository, with the engine running; the rollout also waits for live webhooks.',
  'istioctl: the process from its start to its end; it waits until the Deployment is ready, looking every two seconds.',
];

function istioctlArm(istioctl: Istioctl, client: ClusterClient, signal: AbortSignal): Arm {
  return {
    name: 'istioctl',
    description: 'istioctl install with the profile minimal',
    async measure() {
      const value = await istioctl.install();
      await istioctl.uninstall();
      await removeLeftovers(client, signal);
      return { value };
    },
  };
}

function engineArm({ patterns, temporal }: EngineSession, client: ClusterClient, signal: AbortSignal): Arm {
  return {
    name: 'meshwright',
    description: 'a commit through the whole engine',
    async measure(turn) {
      const { commit, begunAt, pushedAt } = await patterns.push(turn);
      const { startedAt, closedAt } = await awaitRollout(temporal, commit, signal);
      await removePattern(client, signal);
      await removeLeftovers(client, signal);
      const details = {
        push: pushedAt - begunAt,
        noticed: startedAt - pushedAt,
        rollout: closedAt - startedAt,
      };
      return { value: closedAt - begunAt, details };
    },
  };
}
