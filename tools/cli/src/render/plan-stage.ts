import {
  type Change,
  changeSigns,
  formatReference,
  type ObjectChange,
  type Plan,
  type PlannedStage,
  type UndoStage,
} from '@meshwright/model';
import {
  type AlikeChanges,
  countIn,
  describeCascade,
  describeUndone,
  escapeText,
  groupsOf,
  namesOf,
  noteOf,
  otherWork,
  type PlanLimits,
  plural,
  widthOf,
  wrap,
  wrapItems,
  describeStage,
} from '@meshwright/wording';
import { type Cell, joinCells } from './line.ts';
import { renderField, renderOwners } from './plan-field.ts';
import type { Style, View } from './style.ts';

const indent = '     ';

/** A stage with what it requires and each thing it does, under a label such as its number. */
export function renderStage(stage: PlannedStage, label: string, view: View, limits: PlanLimits): string[] {
  const { style, width } = view;
  return [
    joinCells(
      [
        { text: `${label.padStart(3)}. ` },
        { text: escapeText(stage.title), paint: style.bold },
        { text: `  ${describeStage(stage)}`, paint: style.dim },
      ],
      width,
    ),
    ...renderRequires(stage, view),
    ...renderWork(stage, view, limits),
  ];
}

/** A stage of the way back on one line, or with everything it does. */
export function renderUndo(
  stage: UndoStage,
  label: string,
  plan: Pick<Plan, 'stages'>,
  view: View,
  limits: PlanLimits,
): string[] {
  const undoes = `  undoes ${describeUndone(stage, plan)}`;
  const cells = [
    { text: `${label.padStart(3)}. ` },
    { text: escapeText(stage.title), ...(limits.full ? { paint: view.style.bold } : {}) },
    { text: `  ${describeStage(stage)}${undoes}`, paint: view.style.dim },
  ];
  const line = joinCells(cells, view.width);
  return limits.full ? [line, ...renderRequires(stage, view), ...renderWork(stage, view, limits)] : [line];
}

function renderRequires({ requires }: PlannedStage, { style, width }: View): string[] {
  if (requires === undefined) return [];
  return wrap(`requires: ${escapeText(requires)}`, width - indent.length).map((line) =>
    style.dim(`${indent}${line}`),
  );
}

function renderWork(stage: PlannedStage, view: View, limits: PlanLimits): string[] {
  const { style, width } = view;
  const groups = groupsOf(stage, limits);
  const lines = groups.slice(0, limits.objects).flatMap((group) => renderGroup(group, view, limits));
  const left = countIn(groups.slice(limits.objects));
  if (left > 0) lines.push(style.dim(`${indent}… ${plural(left, 'more object')}`));
  const paints = { '-': style.red, '>': style.cyan, '*': style.cyan };
  for (const { sign, verb, note, objects } of otherWork(stage)) {
    for (const object of objects.slice(0, limits.objects)) {
      const text = `${indent}${sign} ${verb}${escapeText(formatReference(object))}`;
      const remark = { text: note === '' ? '' : `  (${note})`, paint: style.dim };
      lines.push(joinCells([{ text, paint: paints[sign] }, remark], width));
    }
    if (objects.length > limits.objects) {
      lines.push(style.dim(`${indent}… ${plural(objects.length - limits.objects, 'more object')}`));
    }
  }
  return lines;
}

function renderGroup({ first, changes }: AlikeChanges, view: View, limits: PlanLimits): string[] {
  if (changes.length === 1) return renderObject(first, view, limits);
  const { style, width } = view;
  return [
    joinCells(
      [
        {
          text: `${indent}${changeSigns[first.change]} ${changes.length} objects, all alike`,
          paint: paintOf(first.change, style),
        },
        { text: noteOf(first), paint: style.dim },
      ],
      width,
    ),
    ...renderOwners(changes, view),
    ...renderFields(first, view, limits),
    style.dim(`${indent}    of`),
    ...wrapItems(namesOf(changes, limits), width - indent.length - 6).map((line) =>
      joinCells([{ text: `${indent}      ${line}`, paint: style.dim }], width),
    ),
  ];
}

function renderObject(change: ObjectChange, view: View, limits: PlanLimits): string[] {
  const { style, width } = view;
  const name = escapeText(formatReference(change.object));
  const cells: Cell[] = [
    { text: `${indent}${changeSigns[change.change]} ${name}`, paint: paintOf(change.change, style) },
    { text: noteOf(change), paint: style.dim },
  ];
  const lines = [joinCells(cells, width), ...renderCascade(change, view), ...renderOwners([change], view)];
  return change.change === 'update' ? [...lines, ...renderFields(change, view, limits)] : lines;
}

function renderFields({ fields }: ObjectChange, view: View, limits: PlanLimits): string[] {
  const lines = fields.slice(0, limits.fields).flatMap((field) => renderField(field, view, limits.full));
  const left = fields.length - limits.fields;
  return left > 0 ? [...lines, view.style.dim(`${indent}    … ${plural(left, 'more field')}`)] : lines;
}

/** What the cluster deletes together with an object, wrapped below it. */
function renderCascade({ cascade }: ObjectChange, { style, width }: View): string[] {
  if (cascade === undefined || cascade.total === 0) return [];
  const { title, names } = describeCascade(cascade);
  const room = width - indent.length - 4;
  const whole = names.length === 0 ? title : `${title}: ${names.join(', ')}`;
  const lines =
    widthOf(whole) <= room
      ? [whole]
      : [`${title}:`, ...wrapItems(names, room - 2).map((line) => `  ${line}`)];
  return lines.map((line) => joinCells([{ text: `${indent}    ${line}`, paint: style.red }], width));
}

function paintOf(change: Change, style: Style): (text: string) => string {
  const paints = { create: style.green, update: style.yellow, delete: style.red, unchanged: style.dim };
  return paints[change];
}
