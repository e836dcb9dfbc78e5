import { shortCommit } from '@meshwright/model';
import { phaseOf, type RolloutRecord } from '@meshwright/rollouts';
import { paintPhase } from './phase.ts';
import type { View } from './style.ts';
import type { Cell } from './line.ts';
import { renderTable } from './table.ts';
import { escapeText, formatAge, formatDuration } from '@meshwright/wording';

const columns = [
  { title: 'PATTERN', flexible: true },
  { title: 'COMMIT' },
  { title: 'PHASE' },
  { title: 'MESH' },
  { title: 'STARTED' },
  { title: 'TOOK' },
];

/** Rollouts as a table, in the order given. */
export function renderRollouts(records: readonly RolloutRecord[], view: View): string[] {
  return renderTable(
    columns,
    records.map((record) => row(record, view)),
    view,
  );
}

function row(record: RolloutRecord, { style, now }: View): Cell[] {
  const phase = phaseOf(record);
  const { pattern, commit, mesh, startedAt, finishedAt } = record;
  return [
    { text: escapeText(pattern ?? record.rollout) },
    { text: commit === undefined ? '-' : escapeText(shortCommit(commit)) },
    { text: phase ?? 'unknown', paint: paintPhase(phase, style) },
    { text: escapeText(mesh ?? '-') },
    { text: formatAge(startedAt, now), paint: style.dim },
    { text: finishedAt === undefined ? '…' : formatDuration(finishedAt - startedAt), paint: style.dim },
  ];
}
