import type { BaselineBlock, BaselineStatus, JudgedMetric } from '@meshwright/model';
import { escapeText } from '@meshwright/wording';
import type { Style } from '../render/style.ts';

/** One line of a block: both arms' figures, and why it does not count where it does not. */
export function blockLine(
  { a, b }: BaselineBlock,
  place: number,
  { metrics }: BaselineStatus,
  style: Style,
): string {
  const figures = metrics.map(({ name, unit = '' }) => {
    const [left, right] = [a.measured[name], b.measured[name]];
    if (left === undefined || right === undefined) return `${name} missing`;
    return `${name} ${figure(left)} and ${figure(right)} ${unit} (${(right / left).toFixed(3)})`;
  });
  const problems = [...a.invalid.map((why) => `A: ${why}`), ...b.invalid.map((why) => `B: ${why}`)];
  const line = `block ${String(place + 1).padStart(2)}: ${figures.join(', ')}`;
  return problems.length === 0
    ? line
    : style.yellow(`${line}; does not count: ${escapeText(problems.join(' '))}`);
}

/** The verdict and what it rests on. */
export function verdictLines({ judgement, blocks }: BaselineStatus, style: Style): string[] {
  if (judgement === undefined) return [];
  const paint = { passed: style.green, regressed: style.red, inconclusive: style.yellow }[judgement.verdict];
  return [
    `${paint(judgement.verdict)} after ${blocks.length} blocks. ${escapeText(judgement.reason)}`,
    ...judgement.metrics.map((metric) => `  ${metricText(metric)}`),
  ];
}

function metricText({ name, verdict, ratio, interval, detectable }: JudgedMetric): string {
  if (ratio === undefined || interval === undefined || detectable === undefined) return `${name}: ${verdict}`;
  const range = interval.map((end) => end.toFixed(3)).join(' to ');
  return `${name}: ${verdict}, B is ${ratio.toFixed(3)} of A (${range}); ${(detectable * 100).toFixed(1)} % could have been seen`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
