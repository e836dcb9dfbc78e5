import { defineSignal, setHandler } from '@temporalio/workflow';
import { isFinal, Message, Phase, type ChangeStatus } from '@meshwright/model';
import { publish, waitFor, type Rollout } from './state.ts';

const changeMoved = defineSignal<[ChangeStatus]>(Message.changeMoved);

/** Takes from the changes, from now on, what a rollout cannot know by itself: that one pauses, stops or turns back. */
export function takeProgress(rollout: Rollout): void {
  const { targets } = rollout.status;
  setHandler(changeMoved, (moved) => {
    const place = targets.findIndex(({ cluster }) => cluster === moved.cluster);
    const target = targets[place];
    if (target === undefined || isFinal(target.phase)) return;
    targets[place] = moved;
    publishProgress(rollout);
  });
}

/** A rollout is in the phase of the target that asks most for a person, or else of the one that is furthest. */
const byUrgency = [
  Phase.stopped,
  Phase.awaitingApproval,
  Phase.paused,
  Phase.rollingBack,
  Phase.measuring,
  Phase.changing,
  Phase.queued,
] as const;

/** Shows the phase of a rollout whose targets are being changed, and what it waits for. */
export function publishProgress(rollout: Rollout): void {
  const { status } = rollout;
  const phase = byUrgency.find((candidate) => status.targets.some((target) => target.phase === candidate));
  if (phase === undefined) return;
  const targets = status.targets.filter((target) => target.phase === phase);
  const clusters = targets.map(({ cluster }) => cluster).join(', ');
  const waits: Record<typeof phase, string | undefined> = {
    [Phase.stopped]: `a person to say how the change of ${clusters} goes on`,
    [Phase.awaitingApproval]: status.waitingFor,
    [Phase.paused]: targets[0]?.waitingFor,
    [Phase.rollingBack]: `the way back of ${clusters}`,
    [Phase.measuring]: targets[0]?.waitingFor,
    [Phase.changing]: `the change of ${clusters}`,
    [Phase.queued]: targets.find(({ waitingFor }) => waitingFor !== undefined)?.waitingFor,
  };
  waitFor(status, waits[phase]);
  publish(rollout, phase);
}
