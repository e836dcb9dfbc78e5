import { shortCommit } from '@meshwright/model';
import { fewestFigures, type LevelChange, type MarkedPoint, type MarkedSeries } from '../baselines/marked.ts';
import { paintVerdict, shortId } from './baselines.ts';
import { figure, percentage, ratio } from './figures.ts';
import type { Cell } from './line.ts';
import type { View } from './style.ts';
import { renderTable } from './table.ts';
import { escapeText, formatTime, plural, wrap } from '@meshwright/wording';

/** A series, the newest figure first, with a line for each change of its level. */
export function renderSeries(series: MarkedSeries, view: View): string[] {
  const { points } = series;
  const newestFirst = points.toReversed();
  const table = renderTable(
    columnsOf(series),
    newestFirst.map((point) => row(point, view)),
    view,
  );
  const [header = '', ...rows] = table;
  const marked = rows.flatMap((line, index) => {
    const change = newestFirst[index]?.change;
    return change === undefined ? [line] : [line, ...changeLines(change, series.unit, view)];
  });
  return [...titleLines(series, view), '', header, ...marked, ...remarksOf(series, view)];
}

function remarksOf({ figures, points }: MarkedSeries, { style, width }: View): string[] {
  const remarks = [
    ...(figures > points.length
      ? [`${figures - points.length} older ones are not shown; --limit shows more.`]
      : []),
    ...(figures < fewestFigures
      ? [
          `${plural(figures, 'figure')}: a change of the level is not certain before there are ${fewestFigures}.`,
        ]
      : []),
  ];
  return remarks.flatMap((remark) => wrap(remark, width)).map(style.dim);
}

function columnsOf({ unit, metric }: MarkedSeries): { title: string; flexible?: boolean }[] {
  const value = `${metric}${unit === undefined ? '' : ` (${unit})`}`;
  return [
    { title: ' ' },
    { title: 'MEASURED' },
    { title: escapeText(value) },
    { title: 'B / A' },
    { title: 'VERDICT' },
    { title: 'MESH', flexible: true },
    { title: 'COMMIT' },
    { title: 'ID' },
  ];
}

function titleLines(
  { metric, arm, pattern, cluster, conditions }: MarkedSeries,
  { style, width }: View,
): string[] {
  const { endpoint, rate, connections, seconds, generator, agent } = conditions;
  const of = [pattern, cluster === undefined ? undefined : `on ${cluster}`].filter(
    (part) => part !== undefined,
  );
  const title = `${metric} of arm ${arm.toUpperCase()}${of.length === 0 ? '' : `, ${of.join(' ')}`}`;
  const load =
    `${endpoint}: ${rate} requests a second over ${plural(connections, 'connection')}, ${seconds} s a trial, ` +
    `${generator} at ${agent}`;
  return [...wrap(escapeText(title), width).map(style.bold), ...wrap(escapeText(load), width).map(style.dim)];
}

function row(point: MarkedPoint, { style }: View): Cell[] {
  const { id, startedAt, value, change, verdict, mesh, meshVersion, commit } = point;
  return [
    change === undefined
      ? { text: ' ' }
      : { text: markOf(change), paint: change.after > change.before ? style.red : style.green },
    { text: formatTime(startedAt), paint: style.dim },
    { text: figure(value) },
    { text: ratio(point.ratio) },
    { text: verdict ?? '-', paint: paintVerdict(verdict, style) },
    { text: escapeText([mesh, meshVersion].filter((part) => part !== undefined).join(' ')) || '-' },
    { text: commit === undefined ? '-' : escapeText(shortCommit(commit)) },
    { text: shortId(id) },
  ];
}

function markOf({ before, after }: LevelChange): string {
  return after > before ? '▲' : '▼';
}

function changeLines(change: LevelChange, unit: string | undefined, { style, width }: View): string[] {
  const { before, after, ratio: factor, pValue } = change;
  const paint = after > before ? style.red : style.green;
  const by = factor === undefined ? '' : ` (${percentage(factor)})`;
  const text =
    `from here on ${figure(after, unit)} instead of ${figure(before, unit)}${by}; by chance at most ` +
    `one time in ${Math.floor(1 / pValue)}`;
  return wrap(text, width - indent.length).map((line) => `${indent}${paint(line)}`);
}

const indent = '     ';
