import {
  describeMesh,
  describeRequest,
  type Failure,
  type Intervention,
  isFinal,
  Phase,
  type RolloutStatus,
  shortCommit,
  shortName,
} from '@meshwright/model';
import { approveCommand, phaseOfReport, type RolloutReport, isOpen } from '@meshwright/rollouts';
import { offersFor } from '../offers.ts';
import { renderDecision, renderGateFacts } from './decisions.ts';
import { renderDiagnostic } from './errors.ts';
import { joinCells } from './line.ts';
import { renderOffers } from './offers.ts';
import { paintPhase } from './phase.ts';
import type { View } from './style.ts';
import { renderPairs } from './table.ts';
import { paragraph, renderFailure, renderTarget } from './target.ts';
import { escapeText, formatAge, formatDuration, formatTime, wrap } from '@meshwright/wording';

/** Phases in which a person has to say how it goes on: then the commands are shown at once. */
const awaitsPerson: ReadonlySet<Phase | undefined> = new Set([Phase.stopped, Phase.paused]);

/**
 * One rollout for a terminal: where it stands, each target with its stages, the approval, what people asked of it, what
 * went wrong, what is held. Lines keep to the width, but for a command that is there to be copied.
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
  if (status !== undefined && isStanding(status)) {
    return [...lines, '', 'to go on:', ...renderOffers(offersFor(status), '  ', view)];
  }
  if (phase === undefined || (!isFinal(phase) && phase !== Phase.awaitingApproval)) {
    const hint = `\`meshwright why ${shortName(record.rollout)}\` tells what it waits for.`;
    lines.push('', ...wrap(escapeText(hint), width).map(style.dim));
  }
  return lines;
}

function isStanding({ phase, targets }: RolloutStatus): boolean {
  return (
    !isFinal(phase) && [phase, ...targets.map((target) => target.phase)].some((one) => awaitsPerson.has(one))
  );
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
  if (status?.request !== undefined) pairs.push(['asked for', escapeText(describeRequest(status.request))]);
  if (status?.mesh !== undefined) {
    pairs.push(['mesh', escapeText(describeMesh(status.mesh))]);
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
  lines.push(...renderApproval(status, view));
  if (status.interventions.length > 0) {
    lines.push(
      '',
      view.style.bold('asked meanwhile'),
      ...status.interventions.flatMap((asked) => paragraph(describeIntervention(asked, view.now), view)),
    );
  }
  const failure = status.failure === undefined ? undefined : ownPart(status.failure, status);
  if (failure !== undefined) lines.push('', ...renderFailure(failure, view));
  if (status.hold !== undefined) lines.push('', ...renderHold(status, status.hold, view));
  return lines;
}

/** `pause by bob, 2m ago: sale until noon`. */
function describeIntervention({ command, identity, reason, at }: Intervention, now: number): string {
  const why = reason === undefined ? '' : `: ${reason}`;
  return escapeText(`${command} by ${identity}, ${formatAge(at, now)}${why}`);
}

/** What a rollout's failure says beyond those of its targets, and beyond the diagnostics of an invalid pattern. */
function ownPart(failure: Failure, { diagnostics, targets }: RolloutStatus): Failure | undefined {
  const { lines, remedy, ...rest } = failure;
  const told = targets.filter((target) => isSaid(target.failure, failure));
  if (told.length > 0) return targets.length === 1 ? undefined : rest;
  const own = remedy === undefined ? rest : { ...rest, remedy };
  return lines === undefined || diagnostics.length > 0 ? own : { ...own, lines };
}

function isSaid(one: Failure | undefined, whole: Failure): boolean {
  return one?.code === whole.code && whole.message.includes(one.message);
}

function renderHold(status: RolloutStatus, hold: NonNullable<RolloutStatus['hold']>, view: View): string[] {
  const { style } = view;
  const { reason, revert, refused } = hold;
  const commit = shortCommit(hold.commit);
  const branch =
    revert !== undefined
      ? `revert offered: merge the branch ${revert}`
      : refused === undefined
        ? undefined
        : `no branch was offered to revert it: ${refused}`;
  return [
    `${style.bold('held')}  commit ${escapeText(commit)} is not tried again by itself`,
    ...paragraph(`because: ${escapeText(reason)}`, view),
    ...(branch === undefined ? [] : paragraph(escapeText(branch), view, style.cyan)),
    ...paragraph(
      `to try it again: meshwright retry ${escapeText(`${status.pattern}@${commit}`)}`,
      view,
      style.cyan,
    ),
  ];
}

/** The gate that waits, and everything that was decided at any gate, oldest first. */
function renderApproval({ rollout, approval, decisions }: RolloutStatus, view: View): string[] {
  const { style } = view;
  const lines: string[] = [];
  if (isOpen(approval)) {
    lines.push('', `${style.bold('approval')}  ${escapeText(approval.title)}`);
    lines.push(...renderGateFacts(approval, view));
    lines.push(`  ${style.cyan(escapeText(approveCommand(rollout, approval.subject)))}`);
  }
  if (decisions.length > 0) lines.push('', style.bold('decided'));
  for (const taken of decisions) lines.push(...renderDecision(taken, view));
  return lines;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
