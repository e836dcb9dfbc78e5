import { type MeasuredArm, Verdict } from '@meshwright/model';
import type { BaselineSummary } from '@meshwright/results';
import type { Cell } from './line.ts';
import { figure, ratio } from './figures.ts';
import type { Paint, Style, View } from './style.ts';
import { renderTable } from './table.ts';
import { escapeText, formatAge } from '@meshwright/wording';

const columns = [
  { title: 'ID' },
  { title: 'MEASURED' },
  { title: 'NAME', flexible: true },
  { title: 'A → B' },
  { title: 'CONTRAST' },
  { title: 'VERDICT' },
  { title: 'FIGURES OF B' },
];

/** How an id begins: of a UUID of version 7 the whole moment. */
export function shortId(id: string): string {
  return escapeText(id.slice(0, 13));
}

/** Baselines as a table, in the order given. */
export function renderBaselines(baselines: readonly BaselineSummary[], view: View): string[] {
  const { style, now } = view;
  const rows = baselines.map((baseline): Cell[] => {
    const { id, name, startedAt, contrast, verdict, context } = baseline;
    return [
      { text: shortId(id), paint: style.bold },
      { text: formatAge(startedAt, now), paint: style.dim },
      { text: escapeText(name) },
      { text: describeArms(context.arms?.a, context.arms?.b) },
      { text: contrast },
      { text: verdict ?? 'stopped', paint: paintVerdict(verdict, style) },
      { text: describeFigures(baseline) },
    ];
  });
  return renderTable(columns, rows, view);
}

/** `istio 1.30.2 → 1.31.0`; what is the same is said once. */
function describeArms({ mesh: a }: MeasuredArm = {}, { mesh: b }: MeasuredArm = {}): string {
  const [before, after] = [describeMesh(a), describeMesh(b)];
  if (before === after) return before;
  const short = a?.type === b?.type ? (b?.version ?? '-') : undefined;
  return `${before} → ${short === undefined ? after : escapeText(short)}`;
}

/** `istio 1.31.0`; a dash where it is not known. */
function describeMesh(mesh: MeasuredArm['mesh']): string {
  if (mesh === undefined) return '-';
  return escapeText([mesh.type, mesh.version].filter((part) => part !== undefined).join(' '));
}

/** The mesh with its revision: `istio 1.31.0 (canary)`. */
export function describeArm({ mesh }: MeasuredArm): string {
  const revision = mesh?.revision === undefined ? '' : ` (${escapeText(mesh.revision)})`;
  return `${describeMesh(mesh)}${revision}`;
}

function describeFigures({ metrics }: BaselineSummary): string {
  const parts = metrics.flatMap(({ name, unit, figures, ratio: found }) =>
    figures.b === undefined
      ? []
      : [`${escapeText(name)} ${figure(figures.b, unit)}${found === undefined ? '' : ` ${ratio(found)}`}`],
  );
  return parts.length === 0 ? '-' : parts.join(', ');
}

/** How a verdict looks. */
export function paintVerdict(verdict: Verdict | undefined, style: Style): Paint {
  if (verdict === Verdict.passed) return style.green;
  return verdict === Verdict.regressed ? style.red : style.yellow;
}
