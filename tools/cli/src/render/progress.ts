import {
  type ChangeStatus,
  describeDecision,
  isFinal,
  type RolloutStatus,
  type StageProgress,
} from '@meshwright/model';
import { phaseOfReport, type RolloutReport } from '@meshwright/rollouts';
import { describePlan, isAtWork } from './target.ts';
import { escapeText, formatTime, truncate } from '@meshwright/wording';

/**
 * What is new in a report since the one before it, as lines of a log; everything of note when there was none.
 * Empty when nothing changed but the time.
 */
export function renderProgress(
  before: RolloutReport | undefined,
  after: RolloutReport,
  now: number,
): string[] {
  const time = formatTime(now);
  return newsOf(before, after).map((line) => truncate(`${time}  ${escapeText(line)}`, 240));
}

function newsOf(before: RolloutReport | undefined, after: RolloutReport): string[] {
  const lines: string[] = [];
  const was = before === undefined ? undefined : phaseOfReport(before);
  const phase = phaseOfReport(after);
  const standing = `${after.record.rollout}: ${phase ?? 'phase unknown'}`;
  if (before === undefined) lines.push(standing);
  for (const note of after.notes) if (before?.notes.includes(note) !== true) lines.push(`note: ${note}`);
  if (after.status !== undefined) lines.push(...newsOfStatus(before?.status, after.status));
  if (before !== undefined && was !== phase) lines.push(standing);
  const failure = after.status?.failure ?? after.failure;
  if (failure !== undefined && phase !== undefined && isFinal(phase) && was !== phase) {
    lines.push(`failed: ${failure.message} [${failure.code}]`);
    if (failure.remedy !== undefined) lines.push(`remedy: ${failure.remedy}`);
  }
  return lines;
}

function newsOfStatus(before: RolloutStatus | undefined, after: RolloutStatus): string[] {
  const lines: string[] = [];
  if (after.waitingFor !== undefined && after.waitingFor !== before?.waitingFor) {
    lines.push(`waits for ${after.waitingFor}`);
  }
  for (const target of after.targets) {
    const earlier = before?.targets.find(({ cluster }) => cluster === target.cluster);
    lines.push(...newsOfTarget(earlier, target).map((line) => `${target.cluster}: ${line}`));
  }
  const decided = before?.decisions.length ?? 0;
  lines.push(...after.decisions.slice(decided).map(describeDecision));
  const asked = before?.interventions.length ?? 0;
  for (const { command, identity, reason } of after.interventions.slice(asked)) {
    lines.push(`${command} asked for by ${identity}${reason === undefined ? '' : `: ${reason}`}`);
  }
  if (after.hold !== undefined && before?.hold === undefined) lines.push(`held: ${after.hold.reason}`);
  const { revert } = after.hold ?? {};
  if (revert !== undefined && before?.hold?.revert !== revert) lines.push(`revert offered: branch ${revert}`);
  return lines;
}

function newsOfTarget(before: ChangeStatus | undefined, after: ChangeStatus): string[] {
  const lines: string[] = [];
  if (after.phase !== before?.phase) lines.push(after.phase);
  if (after.plan !== undefined && after.plan.digest !== before?.plan?.digest)
    lines.push(describePlan(after.plan));
  if (!isAtWork(after) && after.waitingFor !== undefined && after.waitingFor !== before?.waitingFor) {
    lines.push(`waits for ${after.waitingFor}`);
  }
  const { failure } = after;
  if (failure !== undefined && failure.message !== before?.failure?.message && !isFinal(after.phase)) {
    lines.push(`failed: ${failure.message} [${failure.code}]`);
  }
  lines.push(...newsOfStages(before?.stages, after.stages));
  lines.push(...newsOfStages(before?.rollback, after.rollback ?? []).map((line) => `way back: ${line}`));
  return lines;
}

function newsOfStages(
  before: readonly StageProgress[] | undefined,
  after: readonly StageProgress[],
): string[] {
  return after
    .filter((stage) =>
      isNews(
        before?.find(({ id }) => id === stage.id),
        stage,
      ),
    )
    .map(describeStage);
}

function isNews(before: StageProgress | undefined, after: StageProgress): boolean {
  if (after.state === 'pending') return false;
  return before?.state !== after.state || before.note !== after.note;
}

function describeStage({ title, state, note }: StageProgress): string {
  return note === undefined ? `${title}: ${state}` : `${title}: ${state}, ${note}`;
}
