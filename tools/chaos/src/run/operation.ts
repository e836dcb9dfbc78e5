import { setTimeout as delay } from 'node:timers/promises';
import { type DecisionRequest, localService, Message, Phase, workflowId } from '@meshwright/model';
import { rolloutOf, statusOf } from '@meshwright/quickstart/test-support';
import type { Armed } from '../faults/armed.ts';
import type { Step } from '../scenario/scenario.ts';
import { patternName } from '../scenario/manifests.ts';
import { type Commit, commitWanted } from './commits.ts';
import { eventually } from './eventually.ts';
import type { Ground } from './ground.ts';

const approver = 'grace';
/** Whoever asks for a rollout cannot approve it. */
const asker = 'margaret';

/** Starts the operation of a step: a commit, or for an uninstall the last commit once more. */
export async function begin(ground: Ground, step: Step, last: Commit | undefined): Promise<Commit> {
  if (step.wanted !== undefined) return commitWanted(ground.scene, step.wanted, step);
  if (last === undefined) throw new Error('There is nothing to uninstall.');
  const rollout = rolloutOf(ground.scene, last);
  const { runId } = await rollout.describe();
  const command = ['uninstall', patternName, '--as', asker, '--reason', 'chaos', '--timeout', '1'];
  await eventually('the uninstall to be asked for', async () => {
    await ground.scene.meshwright(...command);
    return (await rollout.describe()).runId === runId ? undefined : true;
  });
  return last;
}

/** The rollout of a commit, as Temporal names it. */
export function rolloutId({ pattern, commit }: Commit): string {
  return workflowId.rollout(pattern, commit);
}

/**
 * Waits until the rollout of a commit has ended, and approves on the way what waits for it. Gives the commit that the
 * fault put in its place, where it did.
 */
export async function seeThrough(ground: Ground, commit: Commit, armed?: Armed): Promise<Commit | undefined> {
  const rollout = rolloutOf(ground.scene, commit);
  let hold = armed?.beforeApproval;
  let replaced: Commit | undefined;
  await eventually(`the end of ${rollout.workflowId}`, async () => {
    const { status } = await rollout.describe();
    if (status.name !== 'RUNNING') return true;
    const { phase, approval } = await withTimeout(statusOf(rollout));
    if (phase !== Phase.awaitingApproval || approval === undefined || replaced !== undefined)
      return undefined;
    if (hold !== undefined) {
      const strike = hold;
      hold = undefined;
      replaced = await strike(commit);
      return undefined;
    }
    if (approval.decisions.length > 0) return undefined;
    const { run, gate, subject } = approval;
    const account = { service: localService, id: approver };
    const request: DecisionRequest = { run, gate, subject, decision: 'approve', account, from: 'chaos' };
    await withTimeout(rollout.executeUpdate(Message.decide, { args: [request] }));
    return undefined;
  });
  return replaced;
}

/** A worker that is away answers nothing: ask again later. */
async function withTimeout<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  const late = delay(5_000, undefined, { ref: false }).then(() => {
    throw new Error('No worker answered.');
  });
  return Promise.race([work, late]);
}
