import {
  type ChangeStatus,
  isFinal,
  type MeshState,
  Phase,
  type PlanAction,
  Purpose,
  type RolloutRequest,
  type RolloutStatus,
  StageState,
  type TakenDecision,
} from '@meshwright/model';
import { phaseOfReport, type RolloutReport } from '@meshwright/rollouts';

/** One rollout of a pattern's history; times are milliseconds since 1970. */
export interface HistoryRow {
  rollout: string;
  runId: string;
  commit?: string;
  subject?: string;
  author?: string;
  phase?: Phase;
  purpose?: Purpose;
  startedAt: number;
  finishedAt?: number;
  /** How long it took from its start to its end, waiting for people included. */
  seconds?: number;
  targets: HistoryTarget[];
  /** What people decided at its gates, oldest first. */
  decisions: TakenDecision[];
  /** Who started it, where a person did. */
  request?: RolloutRequest;
  /** The targets that have its content now. */
  runsOn: string[];
  /** The targets on which it ended half-way. */
  partlyOn: string[];
  /** Why its commit is not tried again by itself, as of now. */
  hold?: NonNullable<RolloutStatus['hold']>;
  /** What is missing here and why. */
  notes: string[];
}

/** What a rollout did, or is to do, on one target. */
export interface HistoryTarget {
  cluster: string;
  phase: Phase;
  action?: PlanAction;
  mesh?: MeshState;
  meshBefore?: MeshState;
}

/** The history of a pattern from its rollouts, newest first: what runs now, what is held, what was left half-way. */
export function historyOf(reports: readonly RolloutReport[]): HistoryRow[] {
  const rows = reports.map(rowOf);
  markTargets(rows, reports);
  markHolds(rows, reports);
  return rows;
}

function rowOf(report: RolloutReport): HistoryRow {
  const { record, status, notes } = report;
  const phase = phaseOfReport(report);
  const commit = status?.commit ?? record.commit;
  const { rollout, runId, startedAt, finishedAt } = record;
  return {
    rollout,
    runId,
    startedAt,
    ...(commit === undefined ? {} : { commit }),
    ...(phase === undefined ? {} : { phase }),
    ...(finishedAt === undefined ? {} : { finishedAt, seconds: Math.round((finishedAt - startedAt) / 1000) }),
    ...(status === undefined ? {} : toldBy(status)),
    targets: status?.targets.map(historyTarget) ?? [],
    decisions: status?.decisions ?? [],
    runsOn: [],
    partlyOn: [],
    notes,
  };
}

function toldBy({ subject, author, purpose, request }: RolloutStatus): Partial<HistoryRow> {
  return { subject, author, purpose, ...(request === undefined ? {} : { request }) };
}

function historyTarget({ cluster, phase, plan }: ChangeStatus): HistoryTarget {
  if (plan === undefined) return { cluster, phase };
  const { action, mesh, meshBefore } = plan;
  return { cluster, phase, action, mesh, ...(meshBefore === undefined ? {} : { meshBefore }) };
}

/** The newest rollout that touched a target decides what is there; one that was rolled back left what was before. */
function markTargets(rows: readonly HistoryRow[], reports: readonly RolloutReport[]): void {
  const settled = new Set<string>();
  reports.forEach(({ status }, index) => {
    const row = rows[index];
    if (row === undefined) return;
    for (const target of status?.targets ?? []) {
      const { cluster, phase } = target;
      if (settled.has(cluster)) continue;
      if (phase === Phase.succeeded) {
        settled.add(cluster);
        if (status?.purpose === Purpose.apply) row.runsOn.push(cluster);
      } else if (isHalfWay(target)) {
        settled.add(cluster);
        row.partlyOn.push(cluster);
      }
    }
  });
}

/** Whether a change ended with some of its stages carried out and not taken back. */
export function isHalfWay({ phase, stages }: Pick<ChangeStatus, 'phase' | 'stages'>): boolean {
  if (!isFinal(phase) || phase === Phase.succeeded || phase === Phase.rolledBack) return false;
  return stages.some(({ state }) => state !== StageState.pending);
}

/** Oldest first: a rollback holds, a later success of the same commit lets go. */
function markHolds(rows: readonly HistoryRow[], reports: readonly RolloutReport[]): void {
  const holds = new Map<string, NonNullable<HistoryRow['hold']>>();
  for (const [index, { status }] of [...reports.entries()].toReversed()) {
    const row = rows[index];
    if (row?.commit === undefined || status === undefined) continue;
    if (row.phase === Phase.succeeded) {
      holds.delete(row.commit);
      const taken = status.request?.holds;
      if (taken !== undefined)
        holds.set(taken, status.hold ?? { commit: taken, reason: takenBackBy(status) });
    } else if (status.hold !== undefined) {
      holds.set(row.commit, status.hold);
    }
  }
  const marked = new Set<string>();
  for (const row of rows) {
    const hold = row.commit === undefined ? undefined : holds.get(row.commit);
    if (hold === undefined || row.commit === undefined || marked.has(row.commit)) continue;
    row.hold = hold;
    marked.add(row.commit);
  }
}

function takenBackBy({ rollout, request }: RolloutStatus): string {
  const why = request?.reason === undefined ? '' : `: ${request.reason}`;
  return `${request?.identity ?? 'somebody'} rolled it back with ${rollout}${why}`;
}
