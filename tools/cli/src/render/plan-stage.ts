import {
  type Change,
  formatReference,
  type ObjectChange,
  type ObjectReference,
  type Plan,
  type PlannedStage,
  StageKind,
  type UndoStage,
} from '@meshwright/model';
import {
  type AlikeChanges,
  countIn,
  escapeText,
  groupAlike,
  plural,
  widthOf,
  withoutMark,
  wrap,
  wrapItems,
} from '@meshwright/wording';
import { type Cell, joinCells } from './line.ts';
import { renderField, renderOwners } from './plan-field.ts';
import type { Style, View } from './style.ts';

/** How much of a plan is shown. */
export interface PlanLimits {
  /** Objects of each stage. */
  objects: number;
  /** Fields of each object. */
  fields: number;
  /** Whether everything is named: unchanged objects, passed checks, the objects of the way back. */
  full: boolean;
}

/** Enough to review by eye; what is left out is counted. */
export const briefPlan: PlanLimits = { objects: 20, fields: 8, full: false };

/** Everything. */
export const fullPlan: PlanLimits = { objects: Infinity, fields: Infinity, full: true };

/** The sign of a change, as in a diff. */
export const changeSigns = {
  create: '+',
  update: '~',
  delete: '-',
  unchanged: '=',
} as const satisfies Record<Change, string>;

/** Deletions first, then updates, creations, the unchanged: what needs a look comes first. */
const order: readonly Change[] = ['delete', 'update', 'create', 'unchanged'];
const indent = '     ';

/** A stage with what it requires and each thing it does, under a label such as its number. */
export function renderStage(stage: PlannedStage, label: string, view: View, limits: PlanLimits): string[] {
  const { style, width } = view;
  return [
    joinCells(
      [
        { text: `${label.padStart(3)}. ` },
        { text: escapeText(stage.title), paint: style.bold },
        { text: `  ${describeWork(stage)}`, paint: style.dim },
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
    { text: `  ${describeWork(stage)}${undoes}`, paint: view.style.dim },
  ];
  const line = joinCells(cells, view.width);
  return limits.full ? [line, ...renderRequires(stage, view), ...renderWork(stage, view, limits)] : [line];
}

/** The places of the stages that are taken back, as they are numbered in the plan: `3, 4`. */
export function describeUndone(
  { undoes }: Pick<UndoStage, 'undoes'>,
  { stages }: Pick<Plan, 'stages'>,
): string {
  const places = stages.flatMap(({ id }, index) => (undoes.includes(id) ? [String(index + 1)] : []));
  const unknown = undoes.filter((id) => !stages.some((stage) => stage.id === id));
  return [...places, ...unknown.map(escapeText)].join(', ');
}

/** The changes of a stage in the order they are shown, without the unchanged unless they are wanted or change hands. */
export function orderedChanges(changes: readonly ObjectChange[], limits: PlanLimits): ObjectChange[] {
  return order.flatMap((change) =>
    changes.filter(
      (candidate) =>
        candidate.change === change &&
        (limits.full || change !== 'unchanged' || candidate.owners !== undefined),
    ),
  );
}

/** Objects that a stage treats alike. */
export interface OtherWork {
  sign: '-' | '>' | '*';
  verb: string;
  note: string;
  objects: ObjectReference[];
}

/** What a stage does to whole objects, beyond the changes it lists: releases, leftovers and restarts. */
export function otherWork(stage: PlannedStage): OtherWork[] {
  return [
    { sign: '-' as const, verb: '', note: 'made by the mesh itself', objects: leftoversOf(stage) },
    {
      sign: '>' as const,
      verb: '',
      note: 'stays, and is no longer of this pattern',
      objects: stage.releases,
    },
    { sign: '*' as const, verb: 'restart ', note: '', objects: stage.restarts },
  ].filter(({ objects }) => objects.length > 0);
}

/** The changes of a stage but those that only let an object go: it is among the releases. */
export function ownChanges({ changes, releases }: PlannedStage): ObjectChange[] {
  const released = new Set(releases.map(formatReference));
  return changes.filter(({ object }) => !released.has(formatReference(object)));
}

/** The leftovers of a stage that are not among its changes already. */
export function leftoversOf({ changes, leftovers }: PlannedStage): ObjectReference[] {
  const deleted = changes.filter(({ change }) => change === 'delete');
  const names = new Set(deleted.map(({ object }) => formatReference(object)));
  return leftovers.filter((leftover) => !names.has(formatReference(leftover)));
}

/** `-1 ~2 +3, 2 released, 5 restarts`: what a stage does, in numbers. */
export function describeWork(stage: PlannedStage): string {
  const changes = ownChanges(stage);
  const counts = order.map((change) => {
    const count = changes.filter((candidate) => candidate.change === change).length;
    return count === 0 ? '' : `${changeSigns[change]}${count}`;
  });
  const leftovers = leftoversOf(stage).length;
  const { releases, restarts } = stage;
  const parts = [
    counts.filter((part) => part !== '').join(' '),
    leftovers === 0 ? '' : plural(leftovers, 'leftover'),
    releases.length === 0 ? '' : `${releases.length} released`,
    restarts.length === 0 ? '' : plural(restarts.length, 'restart'),
  ].filter((part) => part !== '');
  if (parts.length > 0) return parts.join(', ');
  return stage.kind === StageKind.verify ? 'only looks' : 'nothing to do';
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

/** The changes of a stage as they are shown: those that are alike together, unless everything is wanted. */
export function groupsOf(stage: PlannedStage, limits: PlanLimits): AlikeChanges[] {
  const changes = orderedChanges(ownChanges(stage), limits);
  return limits.full
    ? changes.map((change) => ({ first: change, changes: [change] }))
    : groupAlike(changes.map(withoutMark));
}

/** What an update says that has no field to show. */
export function noteOf({ change, fields, owners, predicted }: ObjectChange): string {
  if (predicted === true) return '  (not checked by the server yet)';
  return change === 'update' && fields.length === 0 && owners === undefined
    ? '  (only marked as of this pattern, or no longer)'
    : '';
}

/** The names of objects, as many as the limits allow. */
export function namesOf(changes: readonly ObjectChange[], limits: PlanLimits): string[] {
  const names = changes.slice(0, limits.objects).map(({ object }) => escapeText(formatReference(object)));
  const left = changes.length - names.length;
  return left > 0 ? [...names, `${left} more`] : names;
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

/** `and with it 12 more objects`, and the names of some. */
export function describeCascade({ total, sample }: { total: number; sample: string[] }): {
  title: string;
  names: string[];
} {
  const names = [...sample.map(escapeText), ...(total > sample.length ? ['…'] : [])];
  return { title: `and with it ${plural(total, 'more object')}`, names: sample.length === 0 ? [] : names };
}

function paintOf(change: Change, style: Style): (text: string) => string {
  const paints = { create: style.green, update: style.yellow, delete: style.red, unchanged: style.dim };
  return paints[change];
}
