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
  Purpose,
  type RolloutStatus,
  shortCommit,
  StageState,
  workflowId,
} from '@meshwright/model';
import type { EngineTrial, MeshSubject, Screen } from '@meshwright/plugin-testkit';
import {
  editConfiguration,
  openScene,
  rolloutOf,
  type Scene,
  statusOf,
  until,
  untilEnded,
} from '@meshwright/quickstart/test-support';
import { ensurePart } from '@meshwright/testbed';
import { parseDocument } from 'yaml';
import { writable } from '../trial-cluster.ts';
import { type FiledPattern, filesOf, patternPath } from './files.ts';
import { readRun } from './runs.ts';

/** The engine with a pattern of a mesh. */
export interface OpenEngine {
  trial: EngineTrial;
  /** Ends everything and removes it: engine, servers, files. */
  close: () => Promise<void>;
}

const pattern: FiledPattern = { name: 'shop-mesh', cluster: 'local' };
/** Who approves: the commits are Ada's. */
const approver = 'grace';

/** Brings up a cluster of simulated nodes, Temporal, a repository and the engine, for one mesh. */
export async function openEngine(
  { plugin }: MeshSubject,
  charts: string,
  signal: AbortSignal,
): Promise<OpenEngine> {
  const scene = await openScene('control-plane', {
    purpose: 'story',
    charts: { [plugin.id]: charts },
    signal,
  });
  try {
    await editConfiguration(scene.workspace, inAHurry);
    await scene.startEngine();
    return await engineOn(scene, plugin.id, charts);
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

async function engineOn(scene: Scene, mesh: string, charts: string): Promise<OpenEngine> {
  const { temporal, testbed, workspace } = scene;
  const client = connectCluster({ name: pattern.cluster, kubeconfig: testbed.kubeconfig });
  const evidence = openEvidence({ directory: join(workspace.directory, 'evidence') });
  const { workflow } = temporal.client;
  const change = workflowId.change(pattern.cluster, mesh);
  const at = (commit: string) => ({ pattern: pattern.name, commit });
  const trial: EngineTrial = {
    name: pattern.name,
    cluster: writable(client),
    charts: openCharts({
      helm: await ensurePart('helm'),
      cacheDirectory: join(workspace.directory, 'charts-of-the-suite'),
      source: { directory: charts },
    }),
    members: async () =>
      (await openInventory(client, { pattern: pattern.name }).members()).map(({ object }) => object),
    commit: (subject, wish) =>
      scene.patterns.commitFiles(
        wish === undefined ? { [patternPath(pattern)]: undefined } : filesOf(pattern, wish, subject),
        '--message',
        subject,
      ),
    async rollBack(commit) {
      const to = shortCommit(commit);
      const why = ['--reason', 'the shop is slow', '--as', 'ada', '--yes'];
      await scene.read('rollback', pattern.name, '--to', to, ...why);
    },
    untilDecidable: (commit) =>
      until(`the plan of ${pattern.name}@${commit}`, async () => {
        const status = await statusOf(rolloutOf(scene, at(commit)));
        return isFinal(status.phase) || status.phase === Phase.awaitingApproval ? status : undefined;
      }),
    untilOver: async (commit) => (await untilEnded(scene, at(commit))).status,
    async approve(commit, subject) {
      await scene.read('approve', reference(commit), '--subject', subject, '--as', approver);
    },
    readPlan: (digest) => evidence.getJson<Plan>(digest),
    async stageUnderWay() {
      const status = await workflow
        .getHandle(change)
        .query<ChangeStatus>(Message.changeStatus)
        .catch(() => undefined);
      return status?.stages.find(({ state }) => state === StageState.verifying)?.id;
    },
    async countChanges() {
      const found = await workflow.count(`WorkflowId = '${change}'`);
      return found.count;
    },
    async look(commit) {
      const rollout = rolloutOf(scene, at(commit));
      const status = await untilListed(scene, rollout);
      const watch = workflow.getHandle(workflowId.repository('patterns'));
      const begun = status.targets.some(({ stages }) => stages.length > 0);
      const handles = [watch, rollout, ...(begun ? [workflow.getHandle(change)] : [])];
      return {
        status,
        screens: await screensOf(scene, status),
        runs: await Promise.all(handles.map((handle) => readRun(scene, handle))),
      };
    },
  };
  return {
    trial,
    async close() {
      await client.close();
      await scene.stop();
    },
  };
}

/** What is listed is up to a second behind: waits until it says what the rollout says of itself, and nothing is at work. */
function untilListed(scene: Scene, rollout: ReturnType<typeof rolloutOf>): Promise<RolloutStatus> {
  return until(`${rollout.workflowId} to be listed as it is`, async () => {
    const status = await statusOf(rollout);
    const { raw } = await rollout.describe();
    const [listed] = (await scene.meshwright(
      'rollouts',
      '--pattern',
      pattern.name,
      '--limit',
      '1',
    )) as Listed[];
    const isListed = listed?.rollout === rollout.workflowId && listed.phase === status.phase;
    const isOver = !isFinal(status.phase) || listed?.finishedAt !== undefined;
    return isListed && isOver && (raw.pendingActivities ?? []).length === 0 ? status : undefined;
  });
}

/** A row of `meshwright rollouts --json`. */
interface Listed {
  rollout: string;
  phase?: string;
  finishedAt?: number;
}

function reference(commit: string): string {
  return `${pattern.name}@${shortCommit(commit)}`;
}

/** What the commands for people print of a rollout. */
async function screensOf(scene: Scene, status: RolloutStatus): Promise<Screen[]> {
  const name = reference(status.commit);
  const commands = [
    ...(status.phase === Phase.awaitingApproval ? [planOf(status)] : []),
    ['status', name],
    ['why', name],
    ['rollouts', '--pattern', pattern.name],
    ['history', pattern.name],
  ];
  const screens: Screen[] = [];
  for (const words of commands)
    screens.push({ command: `meshwright ${words.join(' ')}`, text: await scene.read(...words) });
  return screens;
}

/** The command that shows the plan of a rollout and asks, where there is somebody to ask. */
function planOf({ purpose, request, commit }: RolloutStatus): string[] {
  if (purpose === Purpose.uninstall) return ['uninstall', pattern.name];
  if (request !== undefined) return ['rollback', pattern.name, '--to', shortCommit(commit)];
  return ['plan', pattern.name];
}
