import {
  actionWords,
  describeVersions,
  PlanAction,
  Purpose,
  type RequestKind,
  shortCommit,
} from '@meshwright/model';
import { escapeText, formatDuration, formatTime, pad, truncate, widthOf, wrap } from '@meshwright/wording';
import { describeTaken } from '@meshwright/rollouts';
import type { HistoryRow, HistoryTarget } from '../history/rows.ts';
import { type Cell, joinCells } from './line.ts';
import { paintPhase } from './phase.ts';
import type { View } from './style.ts';

const indent = '    ';

/**
 * A pattern's rollouts, newest first, each with what it did, for whom and who approved; a mark before what runs now
 * (`▸`), what is held (`✗`) and what was left half-way (`!`).
 */
export function renderHistory(rows: readonly HistoryRow[], view: View): string[] {
  const changes = rows.map(describeChange);
  const widest = Math.max(0, ...changes.map(widthOf));
  const phases = Math.max(0, ...rows.map(({ phase = 'unknown' }) => phase.length));
  return rows.flatMap((row, index) => renderRow(row, { change: changes[index] ?? '', widest, phases }, view));
}

interface Columns {
  change: string;
  widest: number;
  phases: number;
}

function renderRow(row: HistoryRow, { change, widest, phases }: Columns, view: View): string[] {
  const { style, width } = view;
  const { commit, phase, startedAt, finishedAt } = row;
  const cells: Cell[] = [
    { ...markOf(row, view) },
    { text: ` ${formatTime(startedAt)}  `, paint: style.dim },
    { text: commit === undefined ? pad('-', 12) : escapeText(shortCommit(commit)), paint: style.bold },
    { text: `  ${pad(phase ?? 'unknown', phases)}  `, paint: paintPhase(phase, style) },
    { text: pad(change, widest) },
    {
      text: finishedAt === undefined ? '  …' : `  ${formatDuration(finishedAt - startedAt)}`,
      paint: style.dim,
    },
  ];
  return [joinCells(cells, width), ...renderOrigin(row, view), ...renderMarks(row, view)];
}

function markOf({ runsOn, partlyOn, hold }: HistoryRow, { style }: View): Cell {
  if (runsOn.length > 0) return { text: '▸', paint: style.green };
  if (partlyOn.length > 0) return { text: '!', paint: style.red };
  if (hold !== undefined) return { text: '✗', paint: style.red };
  return { text: ' ' };
}

/** `upgrade 1.30.2 → 1.31.0`; of targets that differ, each of its own. */
function describeChange({ targets }: HistoryRow): string {
  const changes = new Map<string, string[]>();
  for (const target of targets) {
    const text = describeTarget(target);
    changes.set(text, [...(changes.get(text) ?? []), target.cluster]);
  }
  if (changes.size === 0) return '-';
  if (changes.size === 1) return [...changes.keys()][0] ?? '-';
  return [...changes]
    .map(([text, clusters]) => `${text} on ${clusters.map(escapeText).join(', ')}`)
    .join('; ');
}

function describeTarget({ action, mesh, meshBefore }: HistoryTarget): string {
  if (action === undefined || mesh === undefined) return 'no plan';
  const verb = action === PlanAction.none ? 'no change' : actionWords[action];
  const versions = describeVersions({ mesh, ...(meshBefore === undefined ? {} : { meshBefore }) });
  return `${verb} ${escapeText(versions)}`;
}

function renderOrigin(row: HistoryRow, { style, width, now }: View): string[] {
  const { subject, author, decisions, request } = row;
  const lines: string[] = [];
  if (subject !== undefined && author !== undefined) {
    const tail = ` by ${escapeText(author)}`;
    const room = Math.max(20, width - indent.length - 2 - widthOf(tail));
    lines.push(
      ...wrap(`"${truncate(escapeText(subject), room)}"${tail}`, width - indent.length).map(style.dim),
    );
  }
  if (request !== undefined) {
    const why = request.reason === undefined ? '' : `: ${escapeText(request.reason)}`;
    const asked = `${requestNames[request.kind]} asked for by ${escapeText(request.identity)}${why}`;
    lines.push(...wrap(asked, width - indent.length));
  }
  for (const taken of decisions) {
    lines.push(...wrap(escapeText(describeTaken(taken, now)), width - indent.length));
  }
  return lines.map((line) => `${indent}${line}`);
}

const requestNames: Readonly<Record<RequestKind, string>> = {
  retry: 'retry',
  rollback: 'rollback',
  adopt: 'adoption',
  uninstall: 'uninstall',
};

function renderMarks({ runsOn, partlyOn, hold, targets, purpose, notes }: HistoryRow, view: View): string[] {
  const { style, width } = view;
  const everywhere = (clusters: string[]): string =>
    clusters.length === targets.length && targets.length < 2
      ? ''
      : ` on ${clusters.map(escapeText).join(', ')}`;
  const marks: [string, (text: string) => string][] = [];
  if (runsOn.length > 0) marks.push([`runs now${everywhere(runsOn)}`, style.green]);
  if (partlyOn.length > 0) {
    const what = purpose === Purpose.uninstall ? 'partly removed' : 'left half-way';
    marks.push([`${what} on ${partlyOn.map(escapeText).join(', ')}`, style.red]);
  }
  if (hold !== undefined) {
    marks.push([`held: ${escapeText(hold.reason)}`, style.red]);
    if (hold.revert !== undefined) marks.push([`revert offered: ${escapeText(hold.revert)}`, style.cyan]);
  }
  for (const note of notes) marks.push([`note: ${escapeText(note)}`, style.yellow]);
  return marks.flatMap(([text, paint]) =>
    wrap(text, width - indent.length).map((line) => `${indent}${paint(line)}`),
  );
}
