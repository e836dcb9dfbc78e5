import { isBusy } from './machine.ts';
import type { ArmReport, CaseReport, LimitReport, RatioReport, Report, Unit } from './report.ts';
import type { ShareGoal, ShareReport } from './shares.ts';

/** A report as people read it on a terminal, and as documents quote it. */
export function renderReport(report: Report): string {
  const { benchmark, machine, versions, notes, cases, shares = [], quick } = report;
  const busy = isBusy(machine) ? `; BUSY: others used ${percent(machine.used)} of it before the start` : '';
  return [
    `${benchmark}, ${report.startedAt.slice(0, 10)}, ${Math.round(report.seconds)} s${quick ? ', quick: too few repetitions to rely on' : ''}`,
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}${busy}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    ...(shares.length === 0 ? [] : ['', ...renderShares(shares)]),
    ...cases.map((each) => `\n${renderCase(each)}`),
    '',
    ...notes.map((note) => `- ${note}`),
  ].join('\n');
}

function renderCase({ name, unit, arms, ratios, limits }: CaseReport): string {
  const rows = arms.map((arm) =>
    row(
      arm,
      unit,
      ratios.find((ratio) => ratio.arm === arm.name),
    ),
  );
  return [
    name,
    ...columns([['', 'median', 'range', 'p95', 'times', 'ratio (90 %)', 'goal'], ...rows]),
    ...limits.map((limit) => limitLine(limit, unit)),
  ].join('\n');
}

function renderShares(shares: readonly ShareReport[]): string[] {
  const rows = shares.map(({ name, hits, tries, share, interval, simulated, goal, judgement }) => [
    name,
    `${hits} of ${tries}`,
    tries === 0 ? '' : tenths(share),
    `${tenths(interval.low)} to ${tenths(interval.high)}`,
    simulated === undefined ? '' : tenths(simulated),
    goal === undefined ? '' : `${goalText(goal)}: ${judgement ?? ''}`,
  ]);
  return columns([['', 'times', 'share', '95 %', 'simulated', 'goal'], ...rows]);
}

function goalText(goal: ShareGoal): string {
  return 'atMost' in goal ? `at most ${tenths(goal.atMost)}` : `at least ${tenths(goal.atLeast)}`;
}

function row(arm: ArmReport, unit: Unit, ratio: RatioReport | undefined): string[] {
  const { name, count, median, p95, min, max } = arm;
  return [
    name,
    quantity(median, unit),
    `${quantity(min, unit)} to ${quantity(max, unit)}`,
    quantity(p95, unit),
    String(count),
    ratio === undefined ? '' : ratioText(ratio),
    ratio?.goal === undefined ? '' : `at most ${ratio.goal}: ${ratio.judgement ?? ''}`,
  ];
}

function ratioText({ estimate, interval }: RatioReport): string {
  if (interval === undefined) return `${figures(estimate)} (too few pairs)`;
  return `${figures(estimate)} (${figures(interval.low)} to ${figures(interval.high)})`;
}

function limitLine({ arm, statistic, value, goal, judgement }: LimitReport, unit: Unit): string {
  return `  ${arm}: ${statistic} ${quantity(value, unit)}, goal at most ${quantity(goal, unit)}: ${judgement}`;
}

/** A measured value with its unit and three figures; a count as it is, a ratio with three decimals. */
export function quantity(value: number, unit: Unit): string {
  if (unit === 'count') return String(value);
  if (unit === 'ratio') return value.toFixed(3);
  if (unit === 'MiB') return `${Math.round(value)} MiB`;
  return value < 1000 ? `${figures(value)} ms` : `${figures(value / 1000)} s`;
}

function figures(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Of a percent. */
function tenths(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Lines of columns that are as wide as their widest cell. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, index) =>
    Math.max(...rows.map((cells) => (cells[index] ?? '').length)),
  );
  return rows.map((cells) =>
    `  ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd(),
  );
}
