import type { FieldChange, ObjectChange } from '@meshwright/model';
import {
  contrast,
  describeDrift,
  describeOwners,
  formatPath,
  formatValue,
  truncate,
  widthOf,
} from '@meshwright/wording';
import { type Cell, joinCells } from './line.ts';
import type { View } from './style.ts';

const indent = '         ';

/** A field as it was and as it will be: on one line where it fits, else below its path. */
export function renderField(field: FieldChange, view: View, full: boolean): string[] {
  const drift = describeDrift(field);
  const path = `${indent}${formatPath(field.path)}`;
  const line = [{ text: `${path}  ` }, ...valueCells(field, view), { text: drift, paint: view.style.yellow }];
  if (widthOfCells(line) <= view.width && !isBroken(field)) return [joinCells(line, view.width)];
  const { style, width } = view;
  const room = Math.max(20, width - indent.length - 4);
  const { before, after } = sides(field, room, full);
  return [
    joinCells(
      [{ text: truncate(path, width - widthOf(drift)) }, { text: drift, paint: style.yellow }],
      width,
    ),
    ...before.map((text) => joinCells([{ text: `${indent}  - ${text}`, paint: style.red }], width)),
    ...after.map((text) => joinCells([{ text: `${indent}  + ${text}`, paint: style.green }], width)),
  ];
}

/** Who holds the fields of objects before and after: on one line where it fits, else on two. */
export function renderOwners(changes: readonly ObjectChange[], view: View): string[] {
  const owners = changes.flatMap((change) => change.owners ?? []);
  if (owners.length === 0) return [];
  const { style, width } = view;
  const before = [
    { text: `${indent}fields of  ` },
    { text: describeOwners(owners.map((held) => held.before)), paint: style.red },
  ];
  const after = [
    { text: ' → ' },
    { text: describeOwners(owners.map((held) => held.after)), paint: style.green },
  ];
  if (widthOfCells([...before, ...after]) <= width) return [joinCells([...before, ...after], width)];
  return [joinCells(before, width), joinCells([{ text: `${indent}        ` }, ...after], width)];
}

function valueCells({ before, after }: FieldChange, { style }: View): Cell[] {
  if (before === undefined) return [{ text: `+ ${formatValue(after)}`, paint: style.green }];
  if (after === undefined) return [{ text: `- ${formatValue(before)}`, paint: style.red }];
  return [
    { text: formatValue(before), paint: style.red },
    { text: ' → ' },
    { text: formatValue(after), paint: style.green },
  ];
}

/** Texts of several lines are never shown on one. */
function isBroken({ before, after }: FieldChange): boolean {
  return [before, after].some((value) => typeof value === 'string' && value.trimEnd().includes('\n'));
}

function sides({ before, after }: FieldChange, width: number, full: boolean): ReturnType<typeof contrast> {
  const { before: was, after: becomes } = contrast(before ?? '', after ?? '', width, full);
  return { before: before === undefined ? [] : was, after: after === undefined ? [] : becomes };
}

function widthOfCells(cells: readonly Cell[]): number {
  return cells.reduce((sum, { text }) => sum + widthOf(text), 0);
}
