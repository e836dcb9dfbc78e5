import type { BaselineSchedule } from '../schedules/schedules.ts';
import { whenText } from '../schedules/when.ts';
import type { Cell } from './line.ts';
import type { View } from './style.ts';
import { renderPairs, renderTable } from './table.ts';
import { escapeText } from '@meshwright/wording';

const columns = [
  { title: 'SCHEDULE' },
  { title: 'WHEN' },
  { title: 'NEXT' },
  { title: 'RUNS' },
  { title: 'B', flexible: true },
];

/** Schedules as a table. */
export function renderSchedules(schedules: readonly BaselineSchedule[], view: View): string[] {
  const rows = schedules.map((schedule): Cell[] => [
    { text: escapeText(schedule.name) },
    { text: escapeText(whenText(schedule.when)) },
    { text: nextText(schedule), ...(schedule.paused ? { paint: view.style.yellow } : {}) },
    { text: String(schedule.begun) },
    { text: escapeText(schedule.input.paths.b.endpoint.address) },
  ]);
  return renderTable(columns, rows, view);
}

/** All that is known of one. */
export function renderSchedule(schedule: BaselineSchedule, view: View): string[] {
  const { when, input, note, running, recent, begun, skipped } = schedule;
  const { rate, seconds } = input.load;
  const pairs: [string, string][] = [
    ['schedule', schedule.name],
    ['when', whenText(when)],
    ['next', note === undefined ? nextText(schedule) : `${nextText(schedule)}: ${note}`],
    ['A', input.paths.a.endpoint.address],
    ['B', input.paths.b.endpoint.address],
    ['load', `${rate} requests a second for ${seconds} s by ${input.generator}`],
    ['metrics', input.metrics.map(({ name }) => name).join(', ')],
    ['runs', `${begun} begun, ${skipped} skipped because the one before was not over`],
    ...running.map((id): [string, string] => ['running', id]),
    ...recent
      .toReversed()
      .map(({ run, at }): [string, string] => ['baseline', `${run}, begun ${momentText(at)}`]),
  ];
  return renderPairs(
    pairs.map(([label, value]) => [label, escapeText(value)] as const),
    view.width,
  );
}

function nextText({ paused, next }: BaselineSchedule): string {
  const [first] = next;
  if (paused) return 'paused';
  return first === undefined ? 'never' : momentText(first);
}

/** `2026-11-21 03:00 UTC`. */
function momentText(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
