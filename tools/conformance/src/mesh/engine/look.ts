import { isFinal, Phase, Purpose, type RolloutStatus, shortCommit, workflowId } from '@meshwright/model';
import type { Screen, ToldMoment } from '@meshwright/plugin-testkit';
import { rolloutOf, type Scene, statusOf, until } from '@meshwright/quickstart/test-support';
import { type FiledPattern, nameOf } from './files.ts';
import { readRun } from './runs.ts';

/** What is looked at. */
export interface Looked {
  pattern: FiledPattern;
  /** The workflow id of the change of its mesh. */
  change: string;
  commit: string;
  signal: AbortSignal;
}

/** What people see of the newest rollout of a commit: on a terminal, and in Temporal. */
export async function lookAt(scene: Scene, looked: Looked): Promise<ToldMoment> {
  const { pattern, change, commit } = looked;
  const { workflow } = scene.temporal.client;
  const status = await untilListed(scene, looked);
  const begun = status.targets.some(({ stages }) => stages.length > 0);
  const handles = [
    workflow.getHandle(workflowId.repository('patterns')),
    rolloutOf(scene, { pattern: pattern.name, commit }),
    ...(begun ? [workflow.getHandle(change)] : []),
  ];
  return {
    status,
    screens: await screensOf(scene, pattern, status),
    runs: await Promise.all(handles.map((handle) => readRun(scene, handle))),
  };
}

/** A row of `meshwright rollouts --json`. */
interface Listed {
  rollout: string;
  phase?: string;
  finishedAt?: number;
}

/** Lists may be a second behind: waits until one says what the rollout says of itself, and nothing is at work in it. */
function untilListed(scene: Scene, { pattern, commit, signal }: Looked): Promise<RolloutStatus> {
  const rollout = rolloutOf(scene, { pattern: pattern.name, commit });
  const newest = ['rollouts', '--pattern', pattern.name, '--limit', '1'];
  return until(
    `${rollout.workflowId} to be listed as it is`,
    async () => {
      const status = await statusOf(rollout);
      const { raw } = await rollout.describe();
      const [listed] = (await scene.meshwright(...newest)) as Listed[];
      const isListed = listed?.rollout === rollout.workflowId && listed.phase === status.phase;
      const isOver = !isFinal(status.phase) || listed?.finishedAt !== undefined;
      return isListed && isOver && (raw.pendingActivities ?? []).length === 0 ? status : undefined;
    },
    signal,
  );
}

/** What the commands for people print of a rollout. */
async function screensOf(scene: Scene, pattern: FiledPattern, status: RolloutStatus): Promise<Screen[]> {
  const name = nameOf(pattern, status.commit);
  const commands = [
    ...(status.phase === Phase.awaitingApproval ? [planOf(pattern, status)] : []),
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

/** The command that shows the plan of such a rollout, and asks where there is somebody to ask. */
function planOf({ name }: FiledPattern, { purpose, request, commit }: RolloutStatus): string[] {
  if (purpose === Purpose.uninstall) return ['uninstall', name];
  if (request !== undefined) return ['rollback', name, '--to', shortCommit(commit)];
  return ['plan', name];
}
