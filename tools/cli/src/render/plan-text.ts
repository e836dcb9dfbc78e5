import {
  type Change,
  type Digest,
  type FieldChange,
  formatCounts,
  formatReference,
  type ObjectChange,
  type Plan,
  type PlannedStage,
  shortCommit,
  summarizePlan,
} from '@meshwright/model';
import { type Cell, joinCells } from './line.ts';
import type { Style, View } from './style.ts';

import { escapeText, plural, wrap } from './text.ts';

/** How much of a plan is shown. */
export interface PlanLimits {
  /** Objects of each stage. */
  objects: number;
  /** Fields of each object. */
  fields: number;
  /** Whether unchanged objects are named. */
  unchanged: boolean;
}

/** Enough to review by eye; what is left out is counted. */
export const briefPlan: PlanLimits = { objects: 20, fields: 8, unchanged: false };

/** Everything. */
export const fullPlan: PlanLimits = { objects: Infinity, fields: Infinity, unchanged: true };

/** The sign of a change, as in a diff. */
export const changeSigns = {
  create: '+',
  update: '~',
  delete: '-',
  unchanged: '=',
} as const satisfies Record<Change, string>;

/** Deletions first, then updates, creations, the unchanged: what needs a look comes first. */
const order: readonly Change[] = ['delete', 'update', 'create', 'unchanged'];

/** A plan for a terminal: what it does as a whole, its stages, and each object with the fields that change. */
export function renderPlan(plan: Plan, digest: Digest, view: View, limits: PlanLimits): string[] {
  const summary = summarizePlan(plan, digest);
  const { style, width } = view;
  const lines = [
    joinCells(planTitle(plan, style), width),
    joinCells([{ text: `  plan ${digest}`, paint: style.dim }], width),
    joinCells(
      [{ text: `  repository ${escapeText(plan.repository)}, ${describeCommit(plan)}`, paint: style.dim }],
      width,
    ),
    '',
  ];
  for (const warning of plan.warnings) lines.push(...renderWarning(warning, view), '');
  plan.stages.forEach((stage, index) => lines.push(...renderStage(stage, index + 1, view, limits), ''));
  const restarts = summary.restarts === 0 ? '' : `, ${plural(summary.restarts, 'workload')} to restart`;
  const sum = plan.stages.length === 0 ? 'Nothing to do.' : `${formatCounts(summary.counts)}${restarts}.`;
  lines.push(...wrap(sum, width).map((line) => style.bold(line)));
  return lines;
}

/** The commit a plan is for, or that it is for files that are not committed. */
export function describeCommit(plan: Pick<Plan, 'commit'>): string {
  return /^[0-9a-f]{40,64}$/.test(plan.commit)
    ? `commit ${shortCommit(plan.commit)}`
    : escapeText(plan.commit);
}

/** What the plan does to the mesh: `install istio 1.31.0 (sidecar)`. */
export function describeAction(plan: Pick<Plan, 'action' | 'mesh'>): string {
  const { type, version, mode } = plan.mesh;
  const mesh = escapeText(`${type} ${version} (${mode})`);
  return plan.action === 'none' ? `nothing to change in ${mesh}` : `${plan.action} ${mesh}`;
}

/** The changes of a stage in the order they are shown, without the unchanged unless they are wanted. */
export function orderedChanges(changes: readonly ObjectChange[], limits: PlanLimits): ObjectChange[] {
  return order
    .filter((change) => limits.unchanged || change !== 'unchanged')
    .flatMap((change) => changes.filter((candidate) => candidate.change === change));
}

/** A value of a field, on one line; objects and lists as JSON. */
export function formatValue(value: unknown): string {
  return escapeText(JSON.stringify(value ?? null));
}

function planTitle(plan: Plan, style: Style): Cell[] {
  return [
    { text: escapeText(plan.pattern), paint: style.bold },
    { text: ' on ' },
    { text: escapeText(plan.cluster), paint: style.bold },
    { text: ': ' },
    { text: describeAction(plan), paint: style.cyan },
  ];
}

function renderWarning(warning: string, { style, width }: View): string[] {
  return wrap(`warning: ${escapeText(warning)}`, width - 2).map((line) => style.yellow(`  ${line}`));
}

function renderStage(stage: PlannedStage, number: number, view: View, limits: PlanLimits): string[] {
  const { style, width } = view;
  const title = [
    { text: `${String(number).padStart(3)}. ` },
    { text: escapeText(stage.title), paint: style.bold },
    { text: `  ${describeWork(stage)}`, paint: style.dim },
  ];
  const changes = orderedChanges(stage.changes, limits);
  const shown = changes.slice(0, limits.objects);
  const lines = [joinCells(title, width), ...shown.flatMap((change) => renderObject(change, view, limits))];
  if (changes.length > shown.length) {
    lines.push(style.dim(`     … ${plural(changes.length - shown.length, 'more object')}`));
  }
  for (const workload of stage.restarts.slice(0, limits.objects)) {
    lines.push(
      joinCells(
        [{ text: `     * restart ${escapeText(formatReference(workload))}`, paint: style.cyan }],
        width,
      ),
    );
  }
  if (stage.restarts.length > limits.objects) {
    lines.push(style.dim(`     … ${plural(stage.restarts.length - limits.objects, 'more workload')}`));
  }
  return lines;
}

function describeWork(stage: PlannedStage): string {
  if (stage.kind === 'verify') return 'only looks';
  if (stage.kind === 'restart') return plural(stage.restarts.length, 'workload');
  const counts = order.map((change) => {
    const count = stage.changes.filter((candidate) => candidate.change === change).length;
    return count === 0 ? '' : `${changeSigns[change]}${count}`;
  });
  return counts.filter((part) => part !== '').join(' ');
}

function renderObject(change: ObjectChange, view: View, limits: PlanLimits): string[] {
  const { style, width } = view;
  const paint = paintOf(change.change, style);
  const name = escapeText(formatReference(change.object));
  const note = change.predicted === true ? '  (not checked by the server yet)' : '';
  const lines = [
    joinCells(
      [
        { text: `     ${changeSigns[change.change]} ${name}`, paint },
        { text: note, paint: style.dim },
      ],
      width,
    ),
  ];
  if (change.change !== 'update') return lines;
  const fields = change.fields.slice(0, limits.fields);
  lines.push(...fields.map((field) => renderField(field, view)));
  if (change.fields.length > fields.length) {
    lines.push(style.dim(`         … ${plural(change.fields.length - fields.length, 'more field')}`));
  }
  return lines;
}

function renderField(field: FieldChange, { style, width }: View): string {
  const path = { text: `         ${escapeText(field.path)}  ` };
  if (field.before === undefined) {
    return joinCells([path, { text: `+ ${formatValue(field.after)}`, paint: style.green }], width);
  }
  if (field.after === undefined) {
    return joinCells([path, { text: `- ${formatValue(field.before)}`, paint: style.red }], width);
  }
  return joinCells(
    [
      path,
      { text: formatValue(field.before), paint: style.red },
      { text: ' → ' },
      { text: formatValue(field.after), paint: style.green },
    ],
    width,
  );
}

function paintOf(change: Change, style: Style): (text: string) => string {
  const paints = { create: style.green, update: style.yellow, delete: style.red, unchanged: style.dim };
  return paints[change];
}
