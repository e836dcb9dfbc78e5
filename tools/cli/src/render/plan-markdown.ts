import {
  type Digest,
  type FieldChange,
  formatReference,
  type ObjectChange,
  type Plan,
  type PlannedStage,
} from '@meshwright/model';
import {
  type AlikeChanges,
  contrast,
  countIn,
  escapeText,
  formatPath,
  formatValue,
  plural,
  truncate,
} from '@meshwright/wording';
import { codeSpan, fencedBlock, tableCode } from './markdown.ts';
import { describeTransition } from './mesh.ts';
import { describeDrift, describeOwners } from './plan-field.ts';
import {
  describeCascade,
  describeUndone,
  describeWork,
  groupsOf,
  namesOf,
  noteOf,
  otherWork,
  type PlanLimits,
} from './plan-stage.ts';
import {
  describeCounts,
  describeDisturbance,
  describeDriftOf,
  describeManner,
  describeMeasurement,
  describeNoWayBack,
  describeSum,
  wouldChange,
} from './plan-text.ts';

/** Longest value in a field's line. */
const valueWidth = 120;

/** A plan as GitHub Flavored Markdown, for a pull request or a chat; nothing foreign in it acts as markup. */
export function renderPlanMarkdown(plan: Plan, digest: Digest, limits: PlanLimits): string[] {
  const manner = describeManner(plan).map((text) => `, ${codeSpan(text)}`);
  const lines = [
    `### Plan: ${codeSpan(plan.pattern)} on ${codeSpan(plan.cluster)}`,
    '',
    `**${plan.action}** ${codeSpan(describeTransition(plan))}: ${describeCounts(plan)}`,
    '',
    `Repository ${codeSpan(plan.repository)}, plan ${codeSpan(digest)}${manner.join('')}`,
    '',
  ];
  for (const reason of plan.confirmations) lines.push(`> **Must be confirmed:** ${codeSpan(reason)}`, '');
  for (const warning of plan.warnings) lines.push(`> **Warning:** ${codeSpan(warning)}`, '');
  if (!limits.full && !wouldChange(plan)) return [...lines, describeSum(plan)];
  const sentences = [...describeMeasurement(plan), ...describeDisturbance(plan), ...describeDriftOf(plan)];
  for (const sentence of sentences) {
    lines.push(codeSpan(sentence), '');
  }
  lines.push(...renderPreflight(plan, limits), ...stageTable(plan));
  plan.stages.forEach((stage, index) => lines.push(...renderStage(stage, String(index + 1), limits)));
  lines.push(...renderWayBack(plan, limits));
  return lines.slice(0, -1);
}

function renderPreflight({ preflight }: Plan, limits: PlanLimits): string[] {
  const shown = limits.full ? preflight : preflight.filter(({ state }) => state === 'warning');
  if (preflight.length === 0) return [];
  const passed = preflight.filter(({ state }) => state === 'passed').length;
  return [
    `Pre-flight: ${passed} of ${plural(preflight.length, 'check')} passed`,
    '',
    ...shown.map(({ title, state, note }) => `- ${state}: ${codeSpan(`${title}: ${note}`)}`),
    ...(shown.length === 0 ? [] : ['']),
  ];
}

function stageTable({ stages }: Plan): string[] {
  const rows = stages.map((stage, index) => {
    const requires = stage.requires === undefined ? '' : tableCode(stage.requires);
    return `| ${index + 1} | ${tableCode(stage.title)} | ${tableCode(describeWork(stage))} | ${requires} |`;
  });
  return ['| # | stage | work | requires |', '|--:|---|---|---|', ...rows, ''];
}

function renderStage(stage: PlannedStage, label: string, limits: PlanLimits): string[] {
  const groups = groupsOf(stage, limits);
  const shown = groups.slice(0, limits.objects).flatMap((group) => renderGroup(group, limits));
  const left = countIn(groups.slice(limits.objects));
  if (left > 0) shown.push(`  … ${plural(left, 'more object')}`);
  for (const { sign, verb, note, objects } of otherWork(stage)) {
    const remark = note === '' ? '' : ` (${note})`;
    for (const object of objects.slice(0, limits.objects)) {
      shown.push(`${sign === '-' ? '-' : '!'} ${verb}${escapeText(formatReference(object))}${remark}`);
    }
    if (objects.length > limits.objects) {
      shown.push(`  … ${plural(objects.length - limits.objects, 'more object')}`);
    }
  }
  if (shown.length === 0) return [];
  return [
    ...details(`${label}. <code>${escapeHtml(escapeText(stage.title))}</code>`, fencedBlock('diff', shown)),
  ];
}

/** One line for each stage of the way back, in full with what each does. */
function renderWayBack(plan: Plan, limits: PlanLimits): string[] {
  const none = describeNoWayBack(plan);
  if (none !== undefined) return [none, ''];
  const rows = plan.rollback.map((stage, index) => {
    const undone = describeUndone(stage, plan);
    return `| b${index + 1} | ${tableCode(stage.title)} | ${tableCode(describeWork(stage))} | ${tableCode(undone)} |`;
  });
  return [
    ...details('The way back, if a stage fails', [
      '| # | stage | work | undoes |',
      '|--:|---|---|---|',
      ...rows,
    ]),
    ...(limits.full
      ? plan.rollback.flatMap((stage, index) => renderStage(stage, `b${index + 1}`, limits))
      : []),
  ];
}

function details(summary: string, content: readonly string[]): string[] {
  return [`<details><summary>${summary}</summary>`, '', ...content, '', '</details>', ''];
}

function renderGroup({ first, changes }: AlikeChanges, limits: PlanLimits): string[] {
  if (changes.length === 1) return renderObject(first, limits);
  const names = `      of ${namesOf(changes, limits).join(', ')}`;
  const title = `! ${changes.length} objects, all alike${noteOf(first)}`;
  return [title, ...renderOwners(changes), ...renderFields(first, limits), names];
}

/** In a `diff` block `!` marks what changes in place. */
function renderObject(change: ObjectChange, limits: PlanLimits): string[] {
  const signs = { create: '+', update: '!', delete: '-', unchanged: ' ' };
  const lines = [`${signs[change.change]} ${escapeText(formatReference(change.object))}${noteOf(change)}`];
  if (change.cascade !== undefined && change.cascade.total > 0) {
    const { title, names } = describeCascade(change.cascade);
    lines.push(`-     ${title}${names.length === 0 ? '' : `: ${names.join(', ')}`}`);
  }
  lines.push(...renderOwners([change]));
  return change.change === 'update' ? [...lines, ...renderFields(change, limits)] : lines;
}

function renderOwners(changes: readonly ObjectChange[]): string[] {
  const owners = changes.flatMap((change) => change.owners ?? []);
  if (owners.length === 0) return [];
  const [before, after] = [owners.map((held) => held.before), owners.map((held) => held.after)];
  return [`      fields of ${describeOwners(before)} → ${describeOwners(after)}`];
}

function renderFields({ fields }: ObjectChange, limits: PlanLimits): string[] {
  const lines = fields.slice(0, limits.fields).flatMap((field) => renderField(field, limits));
  const left = fields.length - limits.fields;
  return left > 0 ? [...lines, `      … ${plural(left, 'more field')}`] : lines;
}

function renderField(field: FieldChange, limits: PlanLimits): string[] {
  const { path, before, after } = field;
  const name = `      ${formatPath(path)}`;
  const drift = describeDrift(field);
  if (before === undefined || after === undefined) {
    const value = truncate(formatValue(before ?? after), valueWidth);
    return [`${name}: ${before === undefined ? 'added' : 'removed'} ${value}${drift}`];
  }
  const short = `${name}: ${formatValue(before)} → ${formatValue(after)}${drift}`;
  if (short.length <= valueWidth && !short.includes('\\n')) return [short];
  const sides = contrast(before, after, valueWidth, limits.full);
  return [
    `${name}:${drift}`,
    ...sides.before.map((text) => `-       ${text}`),
    ...sides.after.map((text) => `+       ${text}`),
  ];
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
