import {
  type ApprovalStatus,
  type ChangeStatus,
  type Failure,
  formatCounts,
  isFinal,
  Phase,
  type PlanSummary,
  type RolloutStatus,
  shortCommit,
  type StageProgress,
  StageState,
} from '@meshwright/model';
import { phaseOfReport, type RolloutReport } from '../rollouts/report.ts';
import { approveCommand, shortName } from '../rollouts/reference.ts';
import { renderDiagnostic } from './errors.ts';
import { joinCells } from './line.ts';
import { paintPhase } from './phase.ts';
import type { Style, View } from './style.ts';
import { renderPairs } from './table.ts';
import { escapeLines, escapeText, plural, wrap } from './text.ts';
import { formatAge, formatDuration, formatTime } from './time.ts';

const signs = {
  [StageState.pending]: '·',
  [StageState.applying]: '▸',
  [StageState.verifying]: '▸',
  [StageState.done]: '✓',
  [StageState.failed]: '✗',
} as const satisfies Record<StageState, string>;

/**
 * One rollout for a terminal: where it stands, each target with its stages, the approval, what went wrong. Lines
 * keep to the width, but for a command that is there to be copied.
 */
export function renderRollout(report: RolloutReport, view: View): string[] {
  const { record, status } = report;
  const { style, width } = view;
  const phase = phaseOfReport(report);
  const lines = [
    renderTitle(record.rollout, phase, view),
    ...indent(renderPairs(facts(report, view), width - 2)),
  ];
  for (const note of report.notes) lines.push(...paragraph(`note: ${note}`, view, style.yellow));
  if (status !== undefined) lines.push(...renderStatus(status, view));
  if (report.failure !== undefined) lines.push('', ...renderFailure(report.failure, view));
  if (phase === undefined || (!isFinal(phase) && phase !== Phase.awaitingApproval)) {
    const hint = `\`meshwright why ${shortName(record.rollout)}\` tells what it waits for.`;
    lines.push('', ...wrap(escapeText(hint), width).map(style.dim));
  }
  return lines;
}

/** What went wrong, at which stage, and what to do. */
export function renderFailure(failure: Failure, view: View): string[] {
  const stage = failure.stage === undefined ? '' : `, at stage ${escapeText(failure.stage)}`;
  const lines = paragraph(
    `failed: ${escapeText(failure.message)} [${escapeText(failure.code)}]${stage}`,
    view,
    view.style.red,
  );
  for (const line of escapeLines(failure.lines ?? [])) {
    lines.push(joinCells([{ text: `    ${line}` }], view.width));
  }
  if (failure.remedy !== undefined) {
    lines.push(...paragraph(`remedy: ${escapeText(failure.remedy)}`, view, view.style.cyan));
  }
  return lines;
}

function renderTitle(rollout: string, phase: Phase | undefined, { style, width }: View): string {
  return joinCells(
    [
      { text: escapeText(rollout), paint: style.bold },
      { text: '  ' },
      { text: phase ?? 'phase unknown', paint: paintPhase(phase, style) },
    ],
    width,
  );
}

function facts({ record, status }: RolloutReport, view: View): [string, string][] {
  const pairs: [string, string][] = [];
  const pattern = status?.pattern ?? record.pattern;
  const repository = status?.repository ?? record.repository;
  const path = status === undefined ? '' : `, ${escapeText(status.path)}`;
  if (pattern !== undefined) {
    const origin = repository === undefined ? '' : ` in repository ${escapeText(repository)}`;
    pairs.push(['pattern', `${escapeText(pattern)}${path}${origin}`]);
  }
  const commit = status?.commit ?? record.commit;
  if (commit !== undefined) pairs.push(['commit', describeCommit(commit, status)]);
  if (status?.mesh !== undefined) {
    pairs.push(['mesh', escapeText(`${status.mesh.type} ${status.mesh.version}`)]);
  } else if (record.mesh !== undefined) {
    pairs.push(['mesh', escapeText(record.mesh)]);
  }
  if (status === undefined && record.clusters.length > 0) {
    pairs.push(['targets', record.clusters.map(escapeText).join(', ')]);
  }
  pairs.push(['started', `${formatTime(record.startedAt)}, ${formatAge(record.startedAt, view.now)}`]);
  const finished = record.finishedAt;
  if (finished !== undefined) {
    pairs.push(['finished', `${formatTime(finished)}, took ${formatDuration(finished - record.startedAt)}`]);
  }
  if (status?.waitingFor !== undefined) pairs.push(['waits for', escapeText(status.waitingFor)]);
  return pairs;
}

function describeCommit(commit: string, status: RolloutStatus | undefined): string {
  const short = escapeText(shortCommit(commit));
  return status === undefined
    ? short
    : `${short} "${escapeText(status.subject)}" by ${escapeText(status.author)}`;
}

function renderStatus(status: RolloutStatus, view: View): string[] {
  const lines: string[] = [];
  for (const diagnostic of status.diagnostics) lines.push('', ...renderDiagnostic(diagnostic, view.style));
  for (const target of status.targets) lines.push('', ...renderTarget(target, view));
  if (status.approval !== undefined) {
    lines.push('', ...renderApproval(status.rollout, status.approval, status.phase, view));
  }
  if (status.failure !== undefined) lines.push('', ...renderFailure(ownPart(status.failure, status), view));
  return lines;
}

/** The failure of an invalid pattern repeats the diagnostics, which are shown in full already. */
function ownPart(failure: Failure, { diagnostics }: RolloutStatus): Failure {
  const { lines, ...rest } = failure;
  return lines === undefined || diagnostics.length > 0 ? rest : { ...rest, lines };
}

function renderTarget(target: ChangeStatus, view: View): string[] {
  const { style, width } = view;
  const lines = [
    joinCells(
      [
        { text: escapeText(target.cluster), paint: style.bold },
        { text: '  ' },
        { text: target.phase, paint: paintPhase(target.phase, style) },
      ],
      width,
    ),
  ];
  if (target.plan !== undefined) lines.push(...paragraph(describePlan(target.plan), view));
  for (const warning of target.plan?.warnings ?? []) {
    lines.push(...paragraph(`warning: ${escapeText(warning)}`, view, style.yellow));
  }
  if (target.waitingFor !== undefined && !isAtWork(target)) {
    lines.push(...paragraph(`waits for ${escapeText(target.waitingFor)}`, view, style.yellow));
  }
  const stages = target.stages.length === 0 ? plannedStages(target.plan) : target.stages;
  lines.push(...stages.map((stage) => renderStage(stage, view)));
  if (target.failure !== undefined) lines.push(...renderFailure(target.failure, view));
  if (target.owned !== undefined && target.failure !== undefined) {
    const { total, removal } = target.owned;
    lines.push(
      ...paragraph(
        `on ${target.cluster} now: ${plural(total, 'object')} of this pattern. ${removal}`,
        view,
        style.dim,
      ),
    );
  }
  return lines;
}

/** `install istio 1.31.0 (sidecar): 13 to create, 1 to update, 0 to delete, 2 workloads to restart`. */
export function describePlan(plan: PlanSummary): string {
  const { type, version, mode } = plan.mesh;
  const mesh = escapeText(`${type} ${version} (${mode})`);
  if (plan.action === 'none') return `nothing to change in ${mesh}`;
  const restarts = plan.restarts === 0 ? '' : `, ${plural(plan.restarts, 'workload')} to restart`;
  return `${plan.action} ${mesh}: ${formatCounts(plan.counts)}${restarts}`;
}

/** Whether a stage is being worked on: then it says itself what it waits for. */
export function isAtWork({ stages }: ChangeStatus): boolean {
  return stages.some(({ state }) => state === StageState.applying || state === StageState.verifying);
}

function plannedStages(plan: PlanSummary | undefined): StageProgress[] {
  return (plan?.stages ?? []).map(({ id, title }) => ({ id, title, state: StageState.pending }));
}

function renderStage(stage: StageProgress, { style, width, now }: View): string {
  const { state, startedAt, finishedAt, note } = stage;
  const busy = state === StageState.applying || state === StageState.verifying;
  const time = startedAt === undefined ? '' : `  ${formatDuration((finishedAt ?? now) - startedAt)}`;
  return joinCells(
    [
      { text: `  ${signs[state]} `, paint: paintStage(state, style) },
      { text: escapeText(stage.title), paint: state === StageState.pending ? style.dim : (text) => text },
      { text: `${busy ? `  ${state}` : ''}${time}`, paint: style.dim },
      { text: note === undefined ? '' : `  ${escapeText(note)}`, paint: busy ? style.yellow : style.dim },
    ],
    width,
  );
}

function paintStage(state: StageState, style: Style): (text: string) => string {
  if (state === StageState.done) return style.green;
  if (state === StageState.failed) return style.red;
  return state === StageState.pending ? style.dim : style.cyan;
}

function renderApproval(rollout: string, approval: ApprovalStatus, phase: Phase, view: View): string[] {
  const { style, now } = view;
  const { approvers, quorum, decisions, expiresAt, subject } = approval;
  const approved = decisions.filter(({ decision }) => decision === 'approve').length;
  const lines = [
    joinCells(
      [
        { text: 'approval', paint: style.bold },
        { text: `  ${approved} of ${quorum}, of ${escapeText(approvers.join(', ')) || 'anyone'}` },
      ],
      view.width,
    ),
  ];
  for (const { decision, identity, reason, at } of decisions) {
    const why = reason === undefined ? '' : `: ${escapeText(reason)}`;
    const what = decision === 'approve' ? 'approved' : 'rejected';
    lines.push(...paragraph(`${what} by ${escapeText(identity)}, ${formatAge(at, now)}${why}`, view));
  }
  if (phase !== Phase.awaitingApproval) return lines;
  lines.push(...paragraph(`expires ${formatTime(expiresAt)}, in ${formatDuration(expiresAt - now)}`, view));
  lines.push(`  ${style.cyan(escapeText(approveCommand(rollout, subject)))}`);
  return lines;
}

function paragraph(text: string, view: View, paint: (line: string) => string = (line) => line): string[] {
  return wrap(text, view.width - 2).map((line) => paint(`  ${line}`));
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
