import type { Arm } from '@meshwright/model';
import type { BaselineSummary } from '@meshwright/results';
import type { SideBySide } from '../baselines/side-by-side.ts';
import { describeArm } from './baselines.ts';
import { figure, ratio } from './figures.ts';
import type { Cell } from './line.ts';
import type { View } from './style.ts';
import { renderTable } from './table.ts';
import { escapeText, formatDuration, formatTime, wrap } from '@meshwright/wording';

/** Two baselines: what was measured, their figures, and why the ratios are advice. */
export function renderSideBySide(compared: SideBySide, view: View): string[] {
  const { first, second, differences } = compared;
  return [
    ...measuredTable(first, second, view),
    '',
    ...figuresTable(compared, view),
    '',
    ...wrap(adviceOf(first, second), view.width).map(view.style.yellow),
    ...differences.flatMap((difference) =>
      wrap(escapeText(`Not the same: ${difference}.`), view.width).map(view.style.red),
    ),
  ];
}

/** Why no verdict is given. */
export function adviceOf(first: BaselineSummary, second: BaselineSummary): string {
  const apart = formatDuration(Math.abs(second.startedAt - first.startedAt));
  return (
    `Advisory: these were measured ${apart} apart and not in blocks, so what drifted meanwhile is in the ratios as much as any ` +
    'change (docs/measuring.md). To know, measure both at once.'
  );
}

function measuredTable(first: BaselineSummary, second: BaselineSummary, view: View): string[] {
  const [left, right] = [fieldsOf(first), fieldsOf(second)];
  const rows = left.map(([label, value], place): Cell[] => {
    const other = right[place]?.[1] ?? '-';
    return [
      { text: label, paint: view.style.dim },
      { text: value },
      { text: other, ...(other === value ? {} : { paint: view.style.bold }) },
    ];
  });
  return renderTable([{ title: '' }, { title: 'FIRST' }, { title: 'SECOND', flexible: true }], rows, view);
}

function fieldsOf(baseline: BaselineSummary): [label: string, value: string][] {
  const { id, name, context, contrast, conditions, startedAt, blocks, verdict = 'stopped' } = baseline;
  const { a, b } = conditions;
  const fields: [string, string | undefined][] = [
    ['id', id],
    ['name', name],
    ['measured', formatTime(startedAt)],
    ['pattern', context.pattern],
    ['cluster', context.cluster],
    ['A', describeArm(context.arms?.a ?? {})],
    ['B', describeArm(context.arms?.b ?? {})],
    ['endpoint A', a.endpoint],
    ['endpoint B', b.endpoint],
    ['load', `${a.rate}/s over ${a.connections}, ${a.seconds} s a trial, ${a.generator} at ${a.agent}`],
    ['contrast', contrast],
    ['verdict', `${verdict} after ${blocks} blocks`],
  ];
  return fields.map(([label, value]) => [label, escapeText(value ?? '-')]);
}

function figuresTable({ metrics }: SideBySide, view: View): string[] {
  if (metrics.length === 0) return wrap('They have no metric in common.', view.width);
  const titles = ['METRIC', 'ARM', 'FIRST', 'SECOND', 'SECOND / FIRST'];
  const rows = metrics.flatMap(({ name, unit, arms }) =>
    (['a', 'b'] as const satisfies Arm[]).map((arm): Cell[] => [
      { text: escapeText(name) },
      { text: arm.toUpperCase() },
      { text: figure(arms[arm].first, unit) },
      { text: figure(arms[arm].second, unit) },
      { text: ratio(arms[arm].ratio) },
    ]),
  );
  return renderTable(
    titles.map((title) => ({ title })),
    rows,
    view,
  );
}
