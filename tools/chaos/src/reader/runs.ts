import { isWrite } from '../proxy/requests.ts';
import { isFinal, type Phase } from '@meshwright/model';
import type { Observation, Violation } from './observation.ts';
import { finalStatus } from './payloads.ts';
import { difference, type TargetState } from './state.ts';
import type { Run } from './temporal.ts';

/** Between the clocks of Temporal and of this process, and for an answer under way. */
const toleranceMilliseconds = 250;
const managerPrefix = 'meshwright';

/** Invariant 3: at most one mutating run per mesh and cluster, and nobody writes but such a run. */
export function checkOneRun({ runs, writes }: Observation): Violation[] {
  const changes = runs
    .filter(({ type }) => type === 'meshChange')
    .toSorted((left, right) => left.startedAt - right.startedAt);
  const overlapping = changes.flatMap((run, place) => {
    const next = changes[place + 1];
    if (next === undefined || (run.closedAt !== undefined && run.closedAt <= next.startedAt)) return [];
    return [`${run.workflow} ran as ${run.runId} and as ${next.runId} at once.`];
  });
  const strays = writes
    .filter((write) => isWrite(write) && write.fieldManager?.startsWith(managerPrefix) === true)
    .filter(({ at }) => !changes.some((run) => isWithin(run, at)))
    .map(({ method, resource, name = '' }) => `${method} ${resource} ${name} came while no change ran.`);
  return [...overlapping, ...strays].map((what) => ({ invariant: 3, what }));
}

function isWithin({ startedAt, closedAt = Infinity }: Run, at: number): boolean {
  return at >= startedAt - toleranceMilliseconds && at <= closedAt + toleranceMilliseconds;
}

/** Invariant 4: the target is in the old or in the new state, or the run names the stage it stopped at. */
export function checkState(observation: Observation): Violation[] {
  const { state, before, after } = observation;
  const status = statusOfLast(observation);
  if (status === undefined) return [{ invariant: 4, what: 'The last rollout does not say how it ended.' }];
  const { phase, targets, failure } = status;
  const begun = targets.some(({ stages }) => stages.some(({ startedAt }) => startedAt !== undefined));
  if (phase === 'succeeded')
    return mismatch('succeeded', after, withoutNamed(state, JSON.stringify(targets)));
  if (phase === 'rolled-back' || !begun) return mismatch(phase, before, state);
  const stages = [failure?.stage, ...targets.map((target) => target.failure?.stage)];
  if (stages.some((stage) => stage !== undefined)) return [];
  return [{ invariant: 4, what: `The rollout is ${phase} and names no stage; ${difference(before, state)}` }];
}

/** Without what the run itself says it could not delete. */
function withoutNamed(state: TargetState, said: string): TargetState {
  if (!said.includes('could not be deleted')) return state;
  return state.filter(
    (line) => !(line.split(' ')[1] ?? '').startsWith('extra-') || !said.includes(line.split(' ')[1] ?? line),
  );
}

function mismatch(phase: Phase, wanted: TargetState, actual: TargetState): Violation[] {
  const differs = difference(wanted, actual);
  return differs === ''
    ? []
    : [{ invariant: 4, what: `The rollout is ${phase}, and the target differs: ${differs}` }];
}

/** Invariant 5: every commit that touches a pattern ends with a status that a person can see. */
export function checkStatus({ rollouts, runs }: Observation): Violation[] {
  const problems = rollouts.flatMap((rollout) => {
    const own = runs.filter(({ workflow }) => workflow === rollout);
    if (own.length === 0) return [`${rollout} was never started.`];
    return own.flatMap((run) => {
      if (run.closedAt === undefined) return [`${rollout} has no end.`];
      return isFinal(run.phase as Phase) ? [] : [`${rollout} ended in the phase ${String(run.phase)}.`];
    });
  });
  return problems.map((what) => ({ invariant: 5, what }));
}

function statusOfLast({ rollouts, runs }: Observation) {
  const own = runs.filter(({ workflow }) => workflow === rollouts.at(-1));
  const last = own.toSorted((left, right) => left.startedAt - right.startedAt).at(-1);
  return last && finalStatus(last);
}
