import { type GatePlan, type GateStatus, regressionOutcome, Verdict } from '@meshwright/model';
import type { View } from './style.ts';
import { paragraph } from './target.ts';
import { escapeText, plural } from '@meshwright/wording';

/** How a change will be measured, in one line of text. */
export function describeGate(gate: GatePlan): string {
  const { measurements, contrast, reason, metrics, load, looks, onRegression } = gate;
  const endpoints = measurements.map(({ endpoint }) => endpoint).join(', ');
  const judged = [...metrics.map(({ name }) => name), 'errors'].join(', ');
  return (
    `measured: ${endpoints} at ${plural(load.rate, 'request')} a second, contrast ${contrast} (${reason}), by ${judged}, ` +
    `${looks.join(' or ')} blocks; worse is ${regressionOutcome[onRegression]}`
  );
}

/** How the measurement of a change stands, and what came of it. */
export function renderGate(gate: GateStatus, view: View): string[] {
  const { style } = view;
  const { verdict, reason, outcome, restored, measuring, comparisons } = gate;
  const lines =
    measuring === undefined ? [] : paragraph(`measures ${escapeText(measuring)}`, view, style.cyan);
  if (verdict !== undefined) {
    const paint = { passed: style.green, regressed: style.red, inconclusive: style.yellow }[verdict];
    lines.push(...paragraph(`${verdict}: ${escapeText(reason ?? '')}`, view, paint));
  }
  if (outcome !== undefined) lines.push(...paragraph(`the change is ${escapeText(outcome)}`, view));
  if (restored !== undefined) {
    const text = `measured again after the way back, ${restored.verdict}: ${escapeText(restored.reason)}`;
    const paint = restored.verdict === Verdict.passed ? style.green : style.red;
    lines.push(...paragraph(text, view, paint));
  }
  for (const { endpoint, record, notKept } of comparisons) {
    if (record !== undefined) {
      const command = `meshwright report ${record} --html report.html`;
      lines.push(...paragraph(`report of ${escapeText(endpoint)}: ${command}`, view, style.dim));
    }
    if (notKept !== undefined) {
      lines.push(
        ...paragraph(`${escapeText(endpoint)} is not kept: ${escapeText(notKept)}`, view, style.yellow),
      );
    }
  }
  return lines;
}
