import {
  type GateComparison,
  type GatePlan,
  type GateStatus,
  regressionOutcome,
  Verdict,
} from '@meshwright/model';
import { metricsTable } from '@meshwright/performance-baseline';
import { code, codeBlock, escapeMarkdown, table } from '@meshwright/workflow-kit';

/** How a plan will be measured, in a sentence. */
export function gateLine({ contrast, reason, measurements, onRegression, metrics, looks }: GatePlan): string {
  const endpoints = measurements.map(({ endpoint }) => code(endpoint)).join(', ');
  const judged = metrics.map(({ name }) => code(name)).join(', ');
  return (
    `**Measured:** ${endpoints}, contrast ${code(contrast)} (${escapeMarkdown(reason)}), by ${judged} and errors, ` +
    `judged at ${looks.join(', ')} blocks; a regression is ${regressionOutcome[onRegression]}.`
  );
}

/** The measurement of a change as the Temporal UI shows it, as Markdown. */
export function gateSection(gate: GateStatus): string {
  const { verdict, reason, outcome, restored, comparisons } = gate;
  const lines = [
    '### Measurement',
    ...(verdict === undefined ? [] : [`**${verdict}**: ${escapeMarkdown(reason ?? '')}`]),
    ...(verdict === undefined && reason !== undefined ? [escapeMarkdown(reason)] : []),
    ...(outcome === undefined ? [] : [`The change is ${escapeMarkdown(outcome)}.`]),
    ...(restored === undefined ? [] : [restoredLine(restored)]),
    progressTable(gate),
    ...comparisons.flatMap(comparisonSection),
  ];
  return lines.join('\n\n');
}

function restoredLine({ verdict, reason }: NonNullable<GateStatus['restored']>): string {
  const said = {
    [Verdict.passed]: 'The workload is as it was before',
    [Verdict.regressed]: '**The workload is not as it was before**',
    [Verdict.inconclusive]: 'Whether the workload is as it was before is not certain',
  }[verdict];
  return `${said}, measured again after the way back: ${escapeMarkdown(reason)}`;
}

function progressTable({ comparisons, contrast, measuring }: GateStatus): string {
  const rows = comparisons.map(({ endpoint, trials, judgement }) => [
    code(endpoint),
    String(trials.a),
    String(trials.b),
    judgement === undefined ? '' : `**${judgement.verdict}**`,
  ]);
  const now = measuring === undefined ? '' : `\n\nNow: ${escapeMarkdown(measuring)}`;
  return `Contrast ${code(contrast)}\n\n${table(['endpoint', 'trials of A', 'trials of B', 'verdict'], rows)}${now}`;
}

function comparisonSection({ endpoint, judgement, record, notKept }: GateComparison): string[] {
  if (judgement === undefined) return [];
  return [
    `#### ${escapeMarkdown(endpoint)}`,
    ...(judgement.metrics.length === 0 ? [] : [metricsTable(judgement.metrics)]),
    ...(record === undefined ? [] : [codeBlock(`meshwright report ${record} --html report.html`)]),
    ...(notKept === undefined ? [] : [`Not kept: ${escapeMarkdown(notKept)}`]),
  ];
}
