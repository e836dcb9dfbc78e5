import { messageOf } from '@meshwright/model';
import type { StepResult } from '../report/report.ts';
import { Operation } from '../scenario/faults.ts';
import { patternName } from '../scenario/manifests.ts';
import type { Desired, Step } from '../scenario/scenario.ts';
import { type Commit, commitWanted } from './commits.ts';
import { eventually } from './eventually.ts';
import type { Ground } from './ground.ts';
import { seeThrough } from './operation.ts';
import { runStep } from './step.ts';

export interface CampaignOptions {
  steps: readonly Step[];
  /** The command that repeats a step alone. */
  repeat: (step: Step) => string;
  /** Told of every step when it has ended. */
  tell: (result: StepResult) => void;
  signal: AbortSignal;
}

/** Carries out the steps one after the other on one ground. */
export async function runCampaign(ground: Ground, options: CampaignOptions): Promise<StepResult[]> {
  const { steps, repeat, tell, signal } = options;
  const results: StepResult[] = [];
  let last = await prepare(ground, steps[0]?.before);
  for (const step of steps) {
    if (signal.aborted) break;
    const outcome = await runStep(ground, step, { last, repeat: repeat(step) });
    last = outcome.last;
    results.push(outcome.result);
    tell(outcome.result);
    try {
      if (!outcome.result.recovered) last = (await prepare(ground, step.after)) ?? last;
      if (step.operation === Operation.uninstall) await clear(ground);
    } catch (error) {
      // What follows would only fail for the same reason.
      outcome.result.problem = `${outcome.result.problem ?? ''} The ground could not be made good: ${messageOf(error)}`;
      break;
    }
  }
  return results;
}

/** Brings the target to a state without a fault. */
async function prepare(ground: Ground, state: Desired | undefined): Promise<Commit | undefined> {
  if (state === undefined) return undefined;
  const commit = await commitWanted(ground.scene, state, { operation: Operation.configure, approval: false });
  await seeThrough(ground, commit);
  return commit;
}

/** The workloads that an uninstall leaves: the next installation begins without them. */
async function clear({ scene }: Ground): Promise<void> {
  await scene.kubectl('delete', 'namespace', patternName, '--wait=false', '--ignore-not-found');
  await eventually('the namespace of the workloads to be gone', async () => {
    const found = await scene.kubectl('get', 'namespace', patternName, '--ignore-not-found', '--output=name');
    return found.trim() === '' ? true : undefined;
  });
}
