import {
  type FieldChange,
  formatReference,
  type ObjectChange,
  type PlannedStage,
  plural,
} from '@meshwright/model';
import { type AlikeChanges, countIn } from './alike.ts';
import { formatPath } from './path.ts';
import { describeDrift, describeOwners } from './plan-field.ts';
import { describeCascade, groupsOf, namesOf, noteOf, otherWork, type PlanLimits } from './plan-work.ts';
import { escapeText, truncate } from './text.ts';
import { contrast, formatValue } from './values.ts';

/** Longest value in a field's line. */
const valueWidth = 120;

/** What a stage does, object by object and field by field, as lines of a `diff` block; nothing in them acts on a terminal. */
export function stageDiff(stage: PlannedStage, limits: PlanLimits): string[] {
  const groups = groupsOf(stage, limits);
  const lines = groups.slice(0, limits.objects).flatMap((group) => diffOfGroup(group, limits));
  const left = countIn(groups.slice(limits.objects));
  if (left > 0) lines.push(`  … ${plural(left, 'more object')}`);
  for (const { sign, verb, note, objects } of otherWork(stage)) {
    const remark = note === '' ? '' : ` (${note})`;
    for (const object of objects.slice(0, limits.objects)) {
      lines.push(`${sign === '-' ? '-' : '!'} ${verb}${escapeText(formatReference(object))}${remark}`);
    }
    if (objects.length > limits.objects) {
      lines.push(`  … ${plural(objects.length - limits.objects, 'more object')}`);
    }
  }
  return lines;
}

function diffOfGroup({ first, changes }: AlikeChanges, limits: PlanLimits): string[] {
  if (changes.length === 1) return diffOfObject(first, limits);
  const names = `      of ${namesOf(changes, limits).join(', ')}`;
  const title = `! ${changes.length} objects, all alike${noteOf(first)}`;
  return [title, ...diffOfOwners(changes), ...diffOfFields(first, limits), names];
}

/** In a `diff` block `!` marks what changes in place. */
function diffOfObject(change: ObjectChange, limits: PlanLimits): string[] {
  const signs = { create: '+', update: '!', delete: '-', unchanged: ' ' };
  const lines = [`${signs[change.change]} ${escapeText(formatReference(change.object))}${noteOf(change)}`];
  if (change.cascade !== undefined && change.cascade.total > 0) {
    const { title, names } = describeCascade(change.cascade);
    lines.push(`-     ${title}${names.length === 0 ? '' : `: ${names.join(', ')}`}`);
  }
  lines.push(...diffOfOwners([change]));
  return change.change === 'update' ? [...lines, ...diffOfFields(change, limits)] : lines;
}

function diffOfOwners(changes: readonly ObjectChange[]): string[] {
  const owners = changes.flatMap((change) => change.owners ?? []);
  if (owners.length === 0) return [];
  const [before, after] = [owners.map((held) => held.before), owners.map((held) => held.after)];
  return [`      fields of ${describeOwners(before)} → ${describeOwners(after)}`];
}

function diffOfFields({ fields }: ObjectChange, limits: PlanLimits): string[] {
  const lines = fields.slice(0, limits.fields).flatMap((field) => diffOfField(field, limits));
  const left = fields.length - limits.fields;
  return left > 0 ? [...lines, `      … ${plural(left, 'more field')}`] : lines;
}

function diffOfField(field: FieldChange, limits: PlanLimits): string[] {
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
