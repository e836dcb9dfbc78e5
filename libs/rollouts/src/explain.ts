import {
  type ApprovalStatus,
  type ChangeStatus,
  Command,
  type Failure,
  isFinal,
  Phase,
  type RolloutStatus,
  shortCommit,
  shortName,
  StageState,
} from '@meshwright/model';
import { countApprovals, describeTaken, gateFacts, whoMayApprove } from './approval.ts';
import { isOpen } from './waiting.ts';
import { formatAge, formatDuration, plural } from '@meshwright/wording';
import type { PendingActivity } from './pending.ts';
import { type QueuePollers, remedyForQueue } from './queues.ts';
import { phaseOfReport, type RolloutReport } from './report.ts';

/** Everything that was looked at to tell why a rollout does not move. */
export interface Observation {
  report: RolloutReport;
  /** The rollout and the changes that run for it. */
  executions: ObservedExecution[];
  /** The task queues it depends on. */
  queues: QueuePollers[];
  /** Other rollouts that change a mesh this one waits for. */
  locks: HeldLock[];
  now: number;
}

export interface ObservedExecution {
  workflowId: string;
  pending: PendingActivity[];
  /** The attempt of the workflow task that waits or runs; above 1 the worker fails at it again and again. */
  workflowTaskAttempt?: number;
}

/** The mesh of a cluster that another rollout is changing. */
export interface HeldLock {
  cluster: string;
  mesh: string;
  heldBy: string;
  /** Milliseconds since 1970. */
  since: number;
  /** Where that change stands. */
  phase?: Phase;
}

/** One thing that was found, for people: what it is, its particulars, what to do. */
export interface Finding {
  /** `blocked` needs something to happen, `busy` is work that goes on, `over` is an end. */
  kind: 'blocked' | 'busy' | 'over';
  what: string;
  lines: string[];
  remedy?: string;
}

/** Why a rollout stands where it does: the nearest cause first. Never empty. */
export function explain(observation: Observation): Finding[] {
  const { report, executions, queues, locks, now } = observation;
  const phase = phaseOfReport(report);
  if (phase !== undefined && isFinal(phase)) return [explainEnd(report, phase)];
  const activities = executions.flatMap(({ workflowId, pending }) =>
    pending.map((activity) => explainActivity(workflowId, activity, now)),
  );
  const findings = [
    ...(report.status?.targets ?? []).flatMap((target) => explainStanding(target, now)),
    ...queues.filter(({ pollers }) => pollers.length === 0).map(explainQueue),
    ...executions.flatMap(explainTask),
    ...activities.filter(({ kind }) => kind === 'blocked'),
    ...locks.map((lock) => explainLock(lock, now)),
    ...explainApproval(report.status, phase, now),
    ...activities.filter(({ kind }) => kind === 'busy'),
  ];
  return findings.length > 0 ? findings : [explainWaiting(report, phase)];
}

/** A target that stands still until a person says how it goes on. */
function explainStanding(target: ChangeStatus, now: number): Finding[] {
  const { cluster, phase, failure, owned, interventions } = target;
  if (phase === Phase.paused) {
    const pause = interventions.findLast(({ command }) => command === Command.pause);
    const by = pause === undefined ? '' : ` by ${pause.identity}, ${formatAge(pause.at, now)}`;
    const lines = pause?.reason === undefined ? [] : [`because: ${pause.reason}`];
    return [
      {
        kind: 'blocked',
        what: `${cluster} is paused${by}; the next stage waits.`,
        lines,
        remedy: 'Resume it.',
      },
    ];
  }
  if (phase !== Phase.stopped) return [];
  const stage = [...(target.rollback ?? []), ...target.stages].find(
    ({ state }) => state === StageState.failed,
  );
  const way = target.rollback === undefined ? '' : ' of the way back';
  const at = stage === undefined ? '' : ` at the stage "${stage.title}"${way}`;
  return [
    {
      kind: 'blocked',
      what: `${cluster} has stopped${at} and keeps its lock until somebody decides: ${describeFailure(failure)}`,
      lines: [
        ...(failure?.where === undefined ? [] : [`where: ${failure.where}`]),
        ...(failure?.lines ?? []),
        ...(owned === undefined
          ? []
          : [`on ${cluster} now: ${plural(owned.total, 'object')} of this pattern`]),
      ],
      remedy: failure?.remedy ?? 'Mend the cause and retry the stage, or take the change back.',
    },
  ];
}

function describeFailure(failure: Failure | undefined): string {
  return failure === undefined ? 'no reason was given.' : `${failure.message} [${failure.code}]`;
}

function explainEnd(report: RolloutReport, phase: Phase): Finding {
  const failure = report.status?.failure ?? report.failure;
  if (phase === Phase.succeeded) {
    return { kind: 'over', what: 'It succeeded: nothing blocks it.', lines: linesOfHold(report.status) };
  }
  const lines = [
    ...(failure?.where === undefined ? [] : [`where: ${failure.where}`]),
    ...(failure?.stage === undefined ? [] : [`stage: ${failure.stage}`]),
    ...(failure?.lines ?? []),
    ...linesOfHold(report.status),
  ];
  const remedy =
    failure?.remedy ??
    (phase === Phase.invalid ? 'Correct the pattern and commit it: the new commit rolls out.' : undefined);
  return {
    kind: 'over',
    what: failure === undefined ? `It ended: ${phase}.` : `It ended: ${phase}. ${describeFailure(failure)}`,
    lines,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

/** That the commit is held, and what was offered to revert it. */
function linesOfHold(status: RolloutStatus | undefined): string[] {
  const hold = status?.hold;
  if (hold === undefined) return [];
  return [
    `held: commit ${shortCommit(hold.commit)} is not tried again by itself, because: ${hold.reason}`,
    ...(hold.revert === undefined ? [] : [`a revert is offered: merge the branch ${hold.revert}`]),
    ...(hold.refused === undefined ? [] : [`no branch was offered to revert it: ${hold.refused}`]),
  ];
}

function explainQueue({ queue, kind }: QueuePollers): Finding {
  return {
    kind: 'blocked',
    what: `No worker polls the task queue ${queue}: its ${kind} tasks wait.`,
    lines: [],
    remedy: remedyForQueue(queue),
  };
}

/** A task is tried a second time now and then; a third attempt is a pattern. */
function explainTask({ workflowId, workflowTaskAttempt = 1 }: ObservedExecution): Finding[] {
  if (workflowTaskAttempt < 3) return [];
  return [
    {
      kind: 'blocked',
      what: `The orchestrator fails at ${workflowId}: attempt ${workflowTaskAttempt} of the same workflow task.`,
      lines: [],
      remedy: 'Its log and the run in the Temporal UI say why; a worker of another version may be at fault.',
    },
  ];
}

function explainActivity(workflowId: string, activity: PendingActivity, now: number): Finding {
  const { name, queue, state, attempt, lastFailure, nextAttemptAt, startedAt, waitingFor = [] } = activity;
  const on = queue === undefined ? '' : ` on ${queue}`;
  if (lastFailure !== undefined) {
    const next =
      state === 'scheduled' && nextAttemptAt !== undefined && nextAttemptAt > now
        ? `next in ${formatDuration(nextAttemptAt - now)}`
        : 'running now';
    return {
      kind: 'blocked',
      what: `${name}${on} keeps failing: ${lastFailure.message} [${lastFailure.code}]`,
      lines: [
        `attempt ${attempt}, ${next}, for ${workflowId}`,
        ...(lastFailure.where === undefined ? [] : [`where: ${lastFailure.where}`]),
        ...(lastFailure.lines ?? []),
      ],
      remedy: lastFailure.remedy ?? remedyForAttempt(lastFailure.code),
    };
  }
  const since =
    state === 'started' && startedAt !== undefined ? `, for ${formatDuration(now - startedAt)}` : '';
  const doing =
    state === 'started' ? 'runs' : state === 'scheduled' ? 'waits for a worker' : 'is being cancelled';
  const lines = [`for ${workflowId}`, ...waitingFor.map((line) => `waits for ${line}`)];
  return { kind: 'busy', what: `${name}${on} ${doing}${since}.`, lines };
}

/** For failures that bring no remedy: those that Temporal itself reports, and defects. */
function remedyForAttempt(code: string): string {
  return code === 'TIMEOUT'
    ? 'Its worker died, hangs or is too slow: look at its log. It is tried again.'
    : 'The log of its worker says more. It is tried again.';
}

function explainLock({ cluster, mesh, heldBy, since, phase }: HeldLock, now: number): Finding {
  const name = shortName(heldBy);
  const stands = phase === Phase.stopped || phase === Phase.paused;
  return {
    kind: 'blocked',
    what: `${heldBy} is changing ${mesh} on ${cluster}, for ${formatDuration(now - since)}; one change at a time.`,
    lines: phase === undefined ? [] : [`that change is ${phase}`],
    remedy: stands
      ? `Somebody has to say how that one goes on: meshwright why ${name}`
      : `Wait for it: meshwright watch ${name}`,
  };
}

function explainApproval(
  status: RolloutStatus | undefined,
  phase: Phase | undefined,
  now: number,
): Finding[] {
  const approval = status?.approval;
  if (status === undefined || !isOpen(approval) || (phase !== undefined && isFinal(phase))) return [];
  const { decisions } = status;
  return [
    {
      kind: 'blocked',
      what: whatIsMissing(approval),
      lines: [
        ...gateFacts(approval, now).map(([label, text]) => `${label}: ${text}`),
        ...decisions.map((taken) => describeTaken(taken, now)),
        ...status.targets.flatMap(({ cluster, plan }) =>
          plan === undefined ? [] : [`plan for ${cluster}: ${plan.digest}`],
        ),
      ],
      remedy: remedyAt(approval, shortName(status.rollout)),
    },
  ];
}

function whatIsMissing(approval: ApprovalStatus): string {
  const { title, held, closed, quorum } = approval;
  if (held !== undefined) return `${held.person} holds it, ${title}.`;
  if (closed?.reason !== undefined) return `It is approved, and changes may not begin now: ${closed.reason}.`;
  const given = `${countApprovals(approval)} of ${plural(quorum, 'approval')} given`;
  return `Approval is missing ${title}: ${given}; may approve: ${whoMayApprove(approval)}.`;
}

function remedyAt({ held, closed }: ApprovalStatus, name: string): string {
  if (held !== undefined) return `Ask for its release: meshwright release ${name}`;
  if (closed?.reason !== undefined) return 'It goes on by itself when changes may begin.';
  return `Read the plan and decide: meshwright approve ${name}`;
}

function explainWaiting({ status }: RolloutReport, phase: Phase | undefined): Finding {
  const waits = [
    ...(status?.waitingFor === undefined ? [] : [status.waitingFor]),
    ...(status?.targets ?? []).flatMap(({ cluster, waitingFor }) =>
      waitingFor === undefined ? [] : [`${cluster}: ${waitingFor}`],
    ),
  ];
  if (waits.length > 0) return { kind: 'busy', what: 'It waits.', lines: waits };
  return { kind: 'busy', what: `Nothing blocks it: it is ${phase ?? 'running'}.`, lines: [] };
}
