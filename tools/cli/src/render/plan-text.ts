import {
  countWork,
  describeAction,
  describeRestarts,
  type Digest,
  formatCounts,
  noWayBack,
  type ObjectChange,
  type Plan,
  type PlannedStage,
} from '@meshwright/model';
import { describeRevisions, escapeText, type PlanLimits, plural, widthOf, wrap } from '@meshwright/wording';
import { describeGate } from './gate.ts';
import { joinCells } from './line.ts';
import { renderStage, renderUndo } from './plan-stage.ts';
import type { Paint, View } from './style.ts';

/**
 * A plan for a terminal: what it does as a whole, what was found, its stages with each object and the fields that
 * change, the way back, and whom it disturbs.
 */
export function renderPlan(plan: Plan, digest: Digest, view: View, limits: PlanLimits): string[] {
  const { style, width } = view;
  const lines = [...renderHeading(plan, digest, view), ''];
  for (const reason of plan.confirmations) {
    lines.push(...paragraph(`must be confirmed: ${escapeText(reason)}`, view, style.red), '');
  }
  for (const warning of plan.warnings) {
    lines.push(...paragraph(`warning: ${escapeText(warning)}`, view, style.yellow), '');
  }
  lines.push(...renderPreflight(plan, view, limits));
  if (limits.full || wouldChange(plan)) {
    plan.stages.forEach((stage, index) =>
      lines.push(...renderStage(stage, String(index + 1), view, limits), ''),
    );
    lines.push(...renderWayBack(plan, view, limits));
  }
  const closing = [
    ...describeMeasurement(plan),
    ...describeDriftOf(plan),
    ...describeDisturbance(plan),
    describeSum(plan),
  ];
  lines.push(...closing.flatMap((text) => wrap(text, width)).map((line) => style.bold(line)));
  return lines;
}

/** Only what a plan would change: its heading, its stages and its sum. */
export function renderDiff(plan: Plan, digest: Digest, view: View, limits: PlanLimits): string[] {
  const { style, width } = view;
  const lines = [...renderHeading(plan, digest, view), ''];
  plan.stages.forEach((stage, index) => {
    if (changesSomething(stage)) lines.push(...renderStage(stage, String(index + 1), view, limits), '');
  });
  const closing = [...describeDriftOf(plan), describeSum(plan)];
  lines.push(...closing.flatMap((text) => wrap(text, width)).map((line) => style.bold(line)));
  return lines;
}

/** Whether a plan would change anything on its target. */
export function wouldChange(plan: Plan): boolean {
  return plan.stages.some(changesSomething);
}

function changesSomething({ changes, leftovers, releases, restarts }: PlannedStage): boolean {
  const changed = changes.some(({ change, owners }) => change !== 'unchanged' || owners !== undefined);
  return changed || leftovers.length + releases.length + restarts.length > 0;
}

/** Whom the change disturbs, and as whom and how it is made, one sentence each. */
export function describeDisturbance(plan: Plan): string[] {
  const { namespaces, workloads } = plan.blastRadius;
  if (!wouldChange(plan)) return [];
  const touched =
    namespaces.length === 0 ? '' : ` Objects change in ${namespaces.map(escapeText).join(', ')}.`;
  const pace = workloads > 1 ? `, ${plan.restartsAtOnce} at a time` : '';
  return [`${describeRestarts(plan.blastRadius)}${pace}.${touched}`.replace(/^n/, 'N')];
}

/** How the change will be measured; empty where it is not. */
export function describeMeasurement({ gate }: Pick<Plan, 'gate'>): string[] {
  return gate === undefined ? [] : [`${escapeText(describeGate(gate))}.`.replace(/^m/, 'M')];
}

/** How much of the plan takes back what somebody else changed; empty where nothing drifted. */
export function describeDriftOf({ stages }: Pick<Plan, 'stages'>): string[] {
  const drifted = (change: ObjectChange): ObjectChange['fields'] =>
    change.fields.filter(({ driftedBy }) => driftedBy !== undefined);
  const objects = stages.flatMap(({ changes }) => changes).filter((change) => drifted(change).length > 0);
  if (objects.length === 0) return [];
  const fields = objects.flatMap(drifted);
  const who = [...new Set(fields.flatMap(({ driftedBy }) => driftedBy ?? []))].map(escapeText);
  const by = who.length === 0 ? '' : `, set by ${who.join(', ')},`;
  const [count, of] = [plural(fields.length, 'field'), plural(objects.length, 'object')];
  return [`Drift: ${count} of ${of}${by} will be taken back.`];
}

/** From which control plane to which, as whom the target is changed, whether fields are taken over. */
export function describeManner(plan: Plan): string[] {
  const { serviceAccount, force } = plan;
  return [
    ...describeRevisions(plan),
    ...(serviceAccount === undefined
      ? []
      : [`as service account ${escapeText(`${serviceAccount.namespace}/${serviceAccount.name}`)}`]),
    ...(force ? ['takes over fields that others own'] : []),
  ];
}

/** Why there is no way back; undefined where there is one, or nothing to take back. */
export function describeNoWayBack(plan: Plan): string | undefined {
  if (plan.rollback.length > 0 || !wouldChange(plan)) return undefined;
  return `No way back: ${noWayBack(plan)}`;
}

/** `1 to create, 1 to update, 0 to delete, 3 to release`: what happens to how many objects. */
export function describeCounts({ stages }: Pick<Plan, 'stages'>): string {
  return formatCounts(countWork(stages));
}

/** What the plan comes to, in numbers. */
export function describeSum(plan: Plan): string {
  if (wouldChange(plan)) return `${describeCounts(plan)}.`;
  const objects = plan.stages.reduce((sum, { changes }) => sum + changes.length, 0);
  return objects === 0 ? 'Nothing to do.' : `Nothing to do: ${plural(objects, 'object')} as they should be.`;
}

function renderHeading(plan: Plan, digest: Digest, view: View): string[] {
  const { style, width } = view;
  const title = [
    { text: escapeText(plan.pattern), paint: style.bold },
    { text: ' on ' },
    { text: escapeText(plan.cluster), paint: style.bold },
    { text: ': ' },
    { text: escapeText(describeAction(plan)), paint: style.cyan },
  ];
  const facts = [`plan ${digest}`, `repository ${escapeText(plan.repository)}`, ...describeManner(plan)];
  const [subject, action] = [title.slice(0, 4), title.slice(4)];
  const fits = widthOf(title.map(({ text }) => text).join('')) <= width;
  return [
    ...(fits
      ? [joinCells(title, width)]
      : [joinCells(subject, width), joinCells([{ text: '  ' }, ...action], width)]),
    ...facts.map((text) => joinCells([{ text: `  ${text}`, paint: style.dim }], width)),
  ];
}

function renderPreflight({ preflight }: Plan, view: View, limits: PlanLimits): string[] {
  if (preflight.length === 0) return [];
  const { style } = view;
  const warnings = preflight.filter(({ state }) => state === 'warning');
  const passed = preflight.length - warnings.length;
  const title =
    warnings.length === 0
      ? `pre-flight: ${plural(passed, 'check')} passed`
      : `pre-flight: ${passed} passed, ${plural(warnings.length, 'warning')}`;
  const lines = [`  ${title}`];
  for (const { title: name, state, note } of limits.full ? preflight : warnings) {
    const paint = state === 'warning' ? style.yellow : style.green;
    const sign = state === 'warning' ? '!' : '✓';
    const [first = '', ...rest] = wrap(`${escapeText(name)}: ${escapeText(note)}`, view.width - 6);
    lines.push(`    ${paint(sign)} ${first}`, ...rest.map((line) => `      ${line}`));
  }
  return [...lines, ''];
}

function renderWayBack(plan: Plan, view: View, limits: PlanLimits): string[] {
  const none = describeNoWayBack(plan);
  if (none !== undefined) return [...wrap(none, view.width), ''];
  if (plan.rollback.length === 0) return [];
  const stages = plan.rollback.flatMap((stage, index) => [
    ...renderUndo(stage, `b${index + 1}`, plan, view, limits),
    ...(limits.full ? [''] : []),
  ]);
  return [view.style.bold('way back, if a stage fails'), ...stages, ...(limits.full ? [] : [''])];
}

function paragraph(text: string, view: View, paint: Paint): string[] {
  return wrap(text, view.width - 2).map((line) => paint(`  ${line}`));
}
