import {
  type ChangeStatus,
  describeAction,
  describeRestarts,
  type Failure,
  formatCounts,
  Phase,
  PlanAction,
  type PlanSummary,
  type StageProgress,
  StageState,
} from '@meshwright/model';
import { escapeLines, escapeText, formatDuration, plural, wrap, wrapLine } from '@meshwright/wording';
import { describeGate, renderGate } from './gate.ts';
import { joinCells } from './line.ts';
import { paintPhase } from './phase.ts';
import type { Paint, Style, View } from './style.ts';

const signs = {
  [StageState.pending]: '·',
  [StageState.applying]: '▸',
  [StageState.verifying]: '▸',
  [StageState.done]: '✓',
  [StageState.failed]: '✗',
} as const satisfies Record<StageState, string>;

/** One target of a rollout: its plan, how far its stages are, the way back where it is gone, what went wrong. */
export function renderTarget(target: ChangeStatus, view: View): string[] {
  const { style, width } = view;
  const { cluster, phase, plan, failure, owned } = target;
  const lines = [
    joinCells(
      [
        { text: escapeText(cluster), paint: style.bold },
        { text: '  ' },
        { text: phase, paint: paintPhase(phase, style) },
      ],
      width,
    ),
    ...(plan === undefined ? [] : renderSummary(plan, target, view)),
  ];
  if (target.waitingFor !== undefined && !isAtWork(target) && target.gate?.measuring === undefined) {
    lines.push(...paragraph(`waits for ${escapeText(target.waitingFor)}`, view, style.yellow));
  }
  const stages = target.stages.length === 0 ? plannedStages(plan) : target.stages;
  lines.push(...stages.map((stage) => renderStage(stage, view)));
  if (target.rollback !== undefined && target.rollback.length > 0) {
    lines.push(`  ${style.bold('way back')}`, ...target.rollback.map((stage) => renderStage(stage, view)));
  }
  if (target.gate !== undefined) lines.push(...renderGate(target.gate, view));
  if (failure !== undefined) lines.push(...renderFailure(failure, view));
  if (owned !== undefined && failure !== undefined) {
    const { total, removal } = owned;
    const text = `on ${escapeText(cluster)} now: ${plural(total, 'object')} of this pattern. ${escapeText(removal)}`;
    lines.push(...paragraph(text, view, style.dim));
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
    lines.push(...wrapLine(line, view.width - 4).map((part) => `    ${part}`));
  }
  if (failure.remedy !== undefined) {
    lines.push(...paragraph(`remedy: ${escapeText(failure.remedy)}`, view, view.style.cyan));
  }
  return lines;
}

/** `upgrade istio 1.30.2 → 1.31.0 (sidecar): 13 to create, 1 to update, 0 to delete`; not escaped. */
export function describePlan(plan: PlanSummary): string {
  const action = describeAction(plan);
  return plan.action === PlanAction.none ? action : `${action}: ${formatCounts(plan.counts)}`;
}

/** Whether a stage is being worked on: then it says itself what it waits for. */
export function isAtWork({ stages, rollback = [] }: ChangeStatus): boolean {
  return [...stages, ...rollback].some(
    ({ state }) => state === StageState.applying || state === StageState.verifying,
  );
}

/** Text in lines that are indented once, each painted. */
export function paragraph(text: string, view: View, paint: Paint = (line) => line): string[] {
  return wrap(text, view.width - 2).map((line) => paint(`  ${line}`));
}

/** What the plan does; before it is carried out also what to know for deciding on it. */
function renderSummary(plan: PlanSummary, { phase, stages: progress }: ChangeStatus, view: View): string[] {
  const { style } = view;
  const { confirmations, warnings, drifted = 0, blastRadius, rollback, stages } = plan;
  const lines = paragraph(escapeText(describePlan(plan)), view);
  if (plan.gate !== undefined) lines.push(...paragraph(escapeText(describeGate(plan.gate)), view));
  // Nothing begins that somebody has to confirm and nobody has.
  const begun = progress.some(({ state }) => state !== StageState.pending);
  const label = begun ? 'confirmed' : 'must be confirmed';
  const paint = begun ? style.dim : style.red;
  for (const reason of confirmations) {
    lines.push(...paragraph(`${label}: ${escapeText(reason)}`, view, paint));
  }
  for (const warning of warnings) {
    lines.push(...paragraph(`warning: ${escapeText(warning)}`, view, style.yellow));
  }
  if (phase !== Phase.awaitingApproval && phase !== Phase.queued) return lines;
  const facts = [
    ...(blastRadius.workloads === 0 ? [] : [describeRestarts(blastRadius)]),
    ...(drifted === 0 ? [] : [`drift of ${plural(drifted, 'object')} is taken back`]),
    ...(stages.length === 0
      ? []
      : [rollback.length === 0 ? 'no way back' : `way back in ${plural(rollback.length, 'stage')}`]),
  ];
  return facts.length === 0 ? lines : [...lines, ...paragraph(facts.join('; '), view, style.dim)];
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

function paintStage(state: StageState, style: Style): Paint {
  if (state === StageState.done) return style.green;
  if (state === StageState.failed) return style.red;
  return state === StageState.pending ? style.dim : style.cyan;
}
