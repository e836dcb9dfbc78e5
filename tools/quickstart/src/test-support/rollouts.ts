import {
  type ChangeStatus,
  type DecisionRequest,
  isFinal,
  localService,
  Message,
  type RepositoryStatus,
  type RolloutStatus,
  type StageState,
  workflowId,
} from '@meshwright/model';
import type { Committed } from './patterns-repository.ts';
import { type Scene, until } from './scene.ts';

type Handle = ReturnType<Scene['temporal']['client']['workflow']['getHandle']>;

/** The rollout of a pattern of a commit. */
export function rolloutOf(
  { temporal }: Scene,
  { pattern, commit }: Pick<Committed, 'pattern' | 'commit'>,
): Handle {
  return temporal.client.workflow.getHandle(workflowId.rollout(pattern, commit));
}

export function statusOf(rollout: Handle): Promise<RolloutStatus> {
  return rollout.query<RolloutStatus>(Message.rolloutStatus);
}

/** Waits until Temporal says that the rollout is over; the status is what its workflow says of itself then. */
export async function untilEnded(
  scene: Scene,
  committed: Pick<Committed, 'pattern' | 'commit'>,
): Promise<{ execution: string; status: RolloutStatus }> {
  const rollout = rolloutOf(scene, committed);
  return until(`the end of ${rollout.workflowId}`, async () => {
    const execution = (await rollout.describe()).status.name;
    if (execution === 'RUNNING') return undefined;
    const status = await statusOf(rollout);
    if (!isFinal(status.phase)) throw new Error(`It is ${execution} and calls itself ${status.phase}.`);
    return { execution, status };
  });
}

/** Waits until a stage of the running change has come to a state. */
export async function untilStage({ temporal }: Scene, stage: string, state: StageState): Promise<void> {
  const change = temporal.client.workflow.getHandle(workflowId.change('local', 'istio'));
  await until(`stage ${stage} to be ${state}`, async () => {
    const { stages } = await change.query<ChangeStatus>(Message.changeStatus);
    return stages.some((each) => each.id === stage && each.state === state) ? true : undefined;
  });
}

/** The names of the activities that a worker has begun for a workflow and not ended. */
export async function begun({ temporal }: Scene, id: string): Promise<string[]> {
  const { raw } = await temporal.client.workflow.getHandle(id).describe();
  const started = (raw.pendingActivities ?? []).filter(({ state }) => Number(state) === startedState);
  return started.map(({ activityType }) => activityType?.name ?? '');
}

/** `PENDING_ACTIVITY_STATE_STARTED` of the Temporal API. */
const startedState = 2;

/** Waits for the plan, and gives what lets the change begin. */
export async function untilPlanned(scene: Scene, committed: Committed): Promise<() => Promise<void>> {
  const rollout = rolloutOf(scene, committed);
  const waiting = await until(`the plan of ${rollout.workflowId}`, async () => {
    const { phase, approval, failure } = await statusOf(rollout);
    if (isFinal(phase)) return { ended: failure?.message ?? phase };
    return phase === 'awaiting-approval' ? approval : undefined;
  });
  if ('ended' in waiting) throw new Error(`It ended before: ${waiting.ended}`);
  const { run, gate, subject } = waiting;
  const account = { service: localService, id: 'grace' };
  const decision: DecisionRequest = { run, gate, subject, decision: 'approve', account, from: 'a test' };
  return async () => {
    await rollout.executeUpdate(Message.decide, { args: [decision] });
  };
}

/** Waits until the watch has read a commit, and gives what it says of itself. */
export async function untilRead(scene: Scene, commit: string): Promise<RepositoryStatus> {
  return until(`commit ${commit} to be read`, async () => {
    const status = await repositoryStatus(scene);
    return status.lastCommit?.id === commit ? status : undefined;
  });
}

export function repositoryStatus({ temporal }: Scene): Promise<RepositoryStatus> {
  const watch = temporal.client.workflow.getHandle(workflowId.repository('patterns'));
  return watch.query<RepositoryStatus>(Message.repositoryStatus);
}

/** What `meshwright why` says of a rollout, as one text. */
export async function why(scene: Scene, { pattern }: Pick<Committed, 'pattern'>): Promise<string> {
  const { findings } = (await scene.meshwright('why', pattern)) as { findings?: object[] };
  return JSON.stringify(findings ?? []);
}
