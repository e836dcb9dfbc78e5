import { join } from 'node:path';
import { openCharts } from '@meshwright/charts';
import { connectCluster, openInventory } from '@meshwright/cluster';
import { openEvidence } from '@meshwright/evidence';
import {
  type ChangeStatus,
  isFinal,
  Message,
  Phase,
  type Plan,
  shortCommit,
  StageState,
  workflowId,
} from '@meshwright/model';
import type { EngineTrial, MeshSubject } from '@meshwright/plugin-testkit';
import {
  editConfiguration,
  openScene,
  rolloutOf,
  type Scene,
  statusOf,
  until,
} from '@meshwright/quickstart/test-support';
import { ensurePart } from '@meshwright/testbed';
import { parseDocument } from 'yaml';
import { writable } from '../trial-cluster.ts';
import { type FiledPattern, filesOf, nameOf, patternPath } from './files.ts';
import { lookAt } from './look.ts';

/** The engine with a pattern of a mesh. */
export interface OpenEngine {
  trial: EngineTrial;
  /** Ends everything and removes it: engine, servers, files. */
  close: () => Promise<void>;
}

/** Where it takes place. */
export interface Place {
  /** The directory of the mesh's charts. */
  charts: string;
  /** Ends whatever is waited for. */
  signal: AbortSignal;
}

const pattern: FiledPattern = { name: 'shop-mesh', cluster: 'local' };
/** Who approves: the commits are Ada's. */
const approver = 'grace';

/** Brings up a cluster of simulated nodes, Temporal, a repository and the engine, for one mesh. */
export async function openEngine(subject: MeshSubject, place: Place): Promise<OpenEngine> {
  const scene = await openScene('control-plane', {
    purpose: 'story',
    charts: { [subject.plugin.id]: place.charts },
    signal: place.signal,
  });
  try {
    await editConfiguration(scene.workspace, inAHurry);
    await scene.startEngine();
    return await engineOn(scene, subject, place);
  } catch (error) {
    await scene.stop();
    throw error;
  }
}

/** Looks at the repository every second. */
function inAHurry(configuration: string): string {
  const document = parseDocument(configuration);
  document.setIn(['repositories', 0, 'interval'], '1s');
  return document.toString();
}

async function engineOn(scene: Scene, subject: MeshSubject, place: Place): Promise<OpenEngine> {
  const client = connectCluster({ name: pattern.cluster, kubeconfig: scene.testbed.kubeconfig });
  const inventory = openInventory(client, { pattern: pattern.name });
  const trial: EngineTrial = {
    name: pattern.name,
    cluster: writable(client),
    charts: openCharts({
      helm: await ensurePart('helm'),
      cacheDirectory: join(scene.workspace.directory, 'charts-of-the-suite'),
      source: { directory: place.charts },
    }),
    members: async () => (await inventory.members()).map(({ object }) => object),
    ...asPeople(scene),
    ...observed(scene, subject, place.signal),
  };
  return {
    trial,
    async close() {
      await client.close();
      await scene.stop();
    },
  };
}

/** What people do: commit, ask for a rollback, approve. */
function asPeople(scene: Scene): Pick<EngineTrial, 'commit' | 'rollBack' | 'approve'> {
  return {
    commit: (subject, wish) =>
      scene.patterns.commitFiles(
        wish === undefined ? { [patternPath(pattern)]: undefined } : filesOf(pattern, wish, subject),
        '--message',
        subject,
      ),
    async rollBack(commit) {
      const why = ['--reason', 'the shop is slow', '--as', 'ada', '--yes'];
      await scene.read('rollback', pattern.name, '--to', shortCommit(commit), ...why);
    },
    async approve(commit, subject) {
      await scene.read('approve', nameOf(pattern, commit), '--subject', subject, '--as', approver);
    },
  };
}

/** What there is to see of the engine. */
function observed(
  scene: Scene,
  { plugin }: MeshSubject,
  signal: AbortSignal,
): Omit<EngineTrial, 'name' | 'cluster' | 'charts' | 'members' | keyof ReturnType<typeof asPeople>> {
  const { workflow } = scene.temporal.client;
  const evidence = openEvidence({ directory: join(scene.workspace.directory, 'evidence') });
  const change = workflowId.change(pattern.cluster, plugin.id);
  const rollout = (commit: string) => rolloutOf(scene, { pattern: pattern.name, commit });
  return {
    untilDecidable: (commit) =>
      until(
        `the plan of ${nameOf(pattern, commit)}`,
        async () => {
          const status = await statusOf(rollout(commit));
          return isFinal(status.phase) || status.phase === Phase.awaitingApproval ? status : undefined;
        },
        signal,
      ),
    untilOver: (commit) =>
      until(
        `the end of ${nameOf(pattern, commit)}`,
        async () => {
          const { status } = await rollout(commit).describe();
          return status.name === 'RUNNING' ? undefined : statusOf(rollout(commit));
        },
        signal,
      ),
    readPlan: (digest) => evidence.getJson<Plan>(digest),
    async stageUnderWay() {
      const asked = workflow.getHandle(change).query<ChangeStatus>(Message.changeStatus);
      const status = await asked.catch(() => undefined);
      return status?.stages.find(({ state }) => state === StageState.verifying)?.id;
    },
    countChanges: async () => (await workflow.count(`WorkflowId = '${change}'`)).count,
    look: (commit) => lookAt(scene, { pattern, change, commit, signal }),
  };
}
