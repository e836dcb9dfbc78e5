import { expect } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import {
  failureOf,
  localService,
  Message,
  MeshwrightError,
  TaskQueue,
  workflowId,
  WorkflowType,
  type Account,
  type ChangeStatus,
  type Command,
  type CommandRequest,
  type DecisionRequest,
  type Failure,
  type Phase,
  type RolloutInput,
  type RolloutStatus,
} from '@meshwright/model';
import { heartbeating, sendUpdate } from '@meshwright/temporal';
import { eventually, type World } from './world.ts';

/** Starts a rollout under the id that the watch would give it. */
export function startRollout({ client }: World, input: RolloutInput): Promise<WorkflowHandle> {
  return client.workflow.start(WorkflowType.patternRollout, {
    taskQueue: TaskQueue.orchestrator,
    workflowId: workflowId.rollout(input.pattern, input.commit.id),
    args: [input],
  });
}

export function statusOf(rollout: WorkflowHandle): Promise<RolloutStatus> {
  return rollout.query<RolloutStatus>(Message.rolloutStatus);
}

/** The change of the sample target, of whichever rollout it is. */
export function changeOf({ client }: World, cluster = 'local'): WorkflowHandle {
  return client.workflow.getHandle(workflowId.change(cluster, 'istio'));
}

export function changeStatusOf(world: World, cluster?: string): Promise<ChangeStatus> {
  return changeOf(world, cluster).query<ChangeStatus>(Message.changeStatus);
}

/** Waits until a rollout is in a phase. */
export function inPhase(rollout: WorkflowHandle, phase: Phase): Promise<RolloutStatus> {
  return eventually(`phase ${phase}`, async () => {
    const status = await statusOf(rollout);
    expect(status.phase).toBe(phase);
    return status;
  });
}

/** The error a run ends with. */
export function endOf(handle: WorkflowHandle): Promise<unknown> {
  return handle.result().then(
    () => expect.unreachable('the run succeeded'),
    (error: unknown) => error,
  );
}

/** What the run says it failed with. */
export async function failureOfRun(handle: WorkflowHandle): Promise<Failure> {
  return failureOf(await endOf(handle));
}

export async function workflowState(handle: WorkflowHandle): Promise<string> {
  return (await handle.describe()).status.name;
}

/** A decision on what a status shows, as bob unless told. */
export function decisionOn(
  { approval }: Pick<RolloutStatus, 'approval'>,
  request: Partial<DecisionRequest> = {},
): DecisionRequest {
  const { run = '', gate = '', subject = '' } = approval ?? {};
  return { run, gate, subject, decision: 'approve', account: stated('bob'), from: 'a test', ...request };
}

/** Somebody who has stated a name. */
export function stated(id: string): Account {
  return { service: localService, id };
}

/** Decides on what a rollout waits for now, as bob unless told. */
export async function decide(
  rollout: WorkflowHandle,
  request: Partial<DecisionRequest> = {},
): Promise<RolloutStatus> {
  const decision = decisionOn(await inPhase(rollout, 'awaiting-approval'), request);
  return sendUpdate(rollout, Message.decide, { request: decision });
}

/** Gives a command as bob. */
export function command(rollout: WorkflowHandle, word: Command, reason?: string): Promise<RolloutStatus> {
  const why = reason === undefined ? {} : { reason };
  const request: CommandRequest = { command: word, identity: 'bob', ...why };
  return sendUpdate(rollout, Message.command, { request });
}

/** The reason a command is refused with. */
export async function refusalOf(rollout: WorkflowHandle, word: Command): Promise<string> {
  const error = await command(rollout, word).then(
    () => expect.unreachable('the command was taken'),
    (reason: unknown) => reason,
  );
  const { code, message } = failureOf(error);
  return `${code}: ${message}`;
}

/** Makes the verification of these stages fail from now on. */
export function failStages({ targets }: World, ...stages: string[]): void {
  targets.behaviour.verifyStage = ({ stage }) =>
    stages.includes(stage)
      ? Promise.reject(
          new MeshwrightError('NOT_READY', `${stage} is not ready`, { remedy: 'Check the image.' }),
        )
      : Promise.resolve({ note: 'healthy' });
}

/** Something that a fake holds. */
export interface Held {
  /** Settled when it has begun. */
  begun: Promise<unknown>;
  release: () => void;
}

/** Holds a stage whenever it is applied, or verified, until it is released; cancelling it ends it too. */
export function holdStage(
  { targets }: World,
  held: string,
  activity: 'applyStage' | 'verifyStage' = 'applyStage',
): Held {
  const begun = Promise.withResolvers<undefined>();
  const gate = Promise.withResolvers<undefined>();
  targets.behaviour[activity] = ({ stage }) => {
    if (stage !== held) return Promise.resolve({ note: 'done' });
    begun.resolve(undefined);
    return heartbeating(async (signal) => {
      await Promise.race([gate.promise, aborted(signal)]);
      signal.throwIfAborted();
      return { note: 'done' };
    });
  };
  return { begun: begun.promise, release: () => gate.resolve(undefined) };
}

/** The work of an activity that goes on until it is told to stop. */
export function untilCancelled(): Promise<never> {
  return heartbeating(async (signal) => {
    await aborted(signal);
    throw signal.reason;
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What carrying out the stages of a sample plan asks of a cluster, in order. */
export function stageLog(cluster: string, ...stages: string[]): string[] {
  return stages.flatMap((stage) => [`${cluster} applyStage ${stage}`, `${cluster} verifyStage ${stage}`]);
}
