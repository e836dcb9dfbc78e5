import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, Phase } from '@meshwright/model';
import { catalogue } from '../faults/catalogue.ts';
import { checkInvariants, invariantCount } from '../reader/invariants.ts';
import type { Observation, Violation } from '../reader/observation.ts';
import { observe } from '../reader/observe.ts';
import { stateOf } from '../reader/state.ts';
import type { StepResult } from '../report/report.ts';
import { faultKind, Operation } from '../scenario/faults.ts';
import type { Step } from '../scenario/scenario.ts';
import { type Commit, commitWanted } from './commits.ts';
import type { Ground } from './ground.ts';
import { begin, rolloutId, seeThrough } from './operation.ts';

/** How long a fault may take to say that it has struck, once the operation is over. */
const lateMilliseconds = 500;

/** What a step came to, and the commit that the next one builds on. */
export interface StepOutcome {
  result: StepResult;
  last: Commit | undefined;
}

/** Carries out a step under its fault, waits until it has recovered, and has the invariants checked. */
export async function runStep(
  ground: Ground,
  step: Step,
  { last, repeat }: { last: Commit | undefined; repeat: string },
): Promise<StepOutcome> {
  const { index, fault, operation } = step;
  const result: StepResult = {
    index,
    fault,
    operation,
    recovered: false,
    checked: 0,
    violations: [],
    repeat,
  };
  const commits: Commit[] = [];
  try {
    await strike(ground, step, { last, result, commits });
  } catch (error) {
    result.problem = messageOf(error);
  }
  return { result, last: commits.at(-1) ?? last };
}

interface Progress {
  last: Commit | undefined;
  result: StepResult;
  commits: Commit[];
}

async function strike(ground: Ground, step: Step, { last, result, commits }: Progress): Promise<void> {
  ground.api.forget();
  const since = Date.now();
  const armed = await catalogue[step.fault](ground, step);
  const moment: { at?: number } = {};
  const struck = armed.struck.then((what) => {
    moment.at = performance.now();
    result.struck = what;
  });
  struck.catch(() => undefined);
  try {
    const commit = await begin(ground, step, last);
    commits.push(commit);
    armed.committed?.(commit);
    const replaced = await seeThrough(ground, commit, armed);
    if (replaced !== undefined) {
      commits.push(replaced);
      await seeThrough(ground, replaced);
    }
    await Promise.race([struck, delay(lateMilliseconds)]);
    if (moment.at !== undefined) result.secondsToRecover = (performance.now() - moment.at) / 1_000;
  } finally {
    await armed.settle();
  }
  await judge(ground, step, { since, result, commits });
  if (faultKind(step.fault).leavesSurvivor === true) await tidy(ground, step, { since, result, commits });
}

/** Reads, checks, and notes what came out. */
async function judge(
  ground: Ground,
  step: Step,
  { since, result, commits }: { since: number; result: StepResult; commits: Commit[] },
  after = expectedAfter(step),
): Promise<void> {
  const rollouts = commits.map(rolloutId);
  const observation = await observe(ground, { since, rollouts, before: stateBefore(step), after });
  note(result, observation, checkInvariants(observation));
  result.phase = phaseOf(observation);
  result.recovered = result.struck !== undefined && result.phase === expectedPhase(step);
  if (result.recovered) return;
  result.problem =
    result.struck === undefined
      ? 'The fault never struck.'
      : `It ended ${result.phase}, and ${expectedPhase(step)} was expected.`;
}

function note(result: StepResult, observation: Observation, violations: Violation[]): void {
  result.checked += invariantCount;
  result.violations.push(...violations);
  if (observation.rollouts.length === 0) throw new Error('No rollout was looked at.');
}

/** What could not be deleted goes with the next commit, now that nothing holds it. */
async function tidy(
  ground: Ground,
  step: Step,
  { since, result, commits }: { since: number; result: StepResult; commits: Commit[] },
): Promise<void> {
  if (step.after === undefined) return;
  const commit = await commitWanted(ground.scene, step.after, step);
  commits.push(commit);
  await seeThrough(ground, commit);
  await judge(ground, step, { since, result, commits }, stateOf(step.after, undefined));
}

function stateBefore({ before }: Step): Observation['before'] {
  return stateOf(before, undefined);
}

/** After an uninstall the workloads stay. */
function expectedAfter({ operation, before, wanted, after, fault }: Step): Observation['after'] {
  if (operation === Operation.uninstall) return stateOf(undefined, before);
  return stateOf(faultKind(fault).leavesSurvivor === true ? wanted : after, undefined);
}

function expectedPhase({ operation, fault }: Step): Phase {
  if (faultKind(fault).ends === 'refused') return Phase.failed;
  return operation === Operation.fail ? Phase.rolledBack : Phase.succeeded;
}

function phaseOf({ rollouts, runs }: Observation): string {
  const own = runs.filter(({ workflow }) => workflow === rollouts.at(-1));
  const last = own.toSorted((left, right) => left.startedAt - right.startedAt).at(-1);
  return String(last?.phase);
}
