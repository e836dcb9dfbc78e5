import type {
  BaselineBlock,
  BaselineInput,
  BaselineStatus,
  JudgedMetric,
  TrialRecord,
} from '@meshwright/model';
import { code, escapeMarkdown, table } from '@meshwright/workflow-kit';

/** What the Temporal UI shows of a baseline, as Markdown. */
export function baselineDetails(input: BaselineInput, status: BaselineStatus): string {
  const { judgement, waitingFor, blocks } = status;
  const { paths, load, generator, contrast } = input;
  const sections = [
    judgement === undefined
      ? `Measuring ${escapeMarkdown(status.name)}: ${escapeMarkdown(waitingFor ?? 'beginning')}`
      : `**${judgement.verdict}**: ${escapeMarkdown(judgement.reason)}`,
    `A is ${code(paths.a.endpoint.address)}, B is ${code(paths.b.endpoint.address)}; contrast ${code(contrast)}, generator ${code(generator)} ${senderOf(input)}, ` +
      `${load.rate} requests a second over ${load.connections} connections, ${load.seconds} s a trial.`,
    ...(judgement === undefined ? [] : [metricsTable(judgement.metrics)]),
    ...(status.notKept === undefined ? [] : [`Not kept: ${escapeMarkdown(status.notKept)}`]),
    ...noCostOf(status),
    ...(blocks.length === 0 ? [] : [blocksTable(status)]),
  ];
  return sections.join('\n\n');
}

/** Why the cost of a trial is not known, in the words of the first that says so. */
function noCostOf({ blocks }: BaselineStatus): string[] {
  const noCost = blocks.flatMap(({ a, b }) => [a.noCost, b.noCost]).find((why) => why !== undefined);
  return noCost === undefined ? [] : [`Not all is known of what it costs: ${escapeMarkdown(noCost)}`];
}

function senderOf({ agent, paths }: BaselineInput): string {
  const { probe } = paths.b;
  if (probe === undefined) return `of the load agent ${code(agent)}`;
  const { cluster, namespace, labelSelector } = probe;
  return `in the pod ${code(labelSelector)} of ${code(`${cluster}/${namespace}`)}`;
}

/** What was found of each metric, as a table. */
export function metricsTable(metrics: readonly JudgedMetric[]): string {
  const rows = metrics.map(({ name, verdict, ratio, interval, detectable, blocks }) => [
    code(name),
    `**${verdict}**`,
    ratio === undefined ? '' : ratio.toFixed(3),
    interval === undefined ? '' : interval.map((end) => end.toFixed(3)).join(' to '),
    detectable === undefined ? '' : `${(detectable * 100).toFixed(1)} %`,
    String(blocks),
  ]);
  return table(['metric', 'verdict', 'B / A', 'interval', 'detectable', 'blocks'], rows);
}

function blocksTable({ blocks, metrics }: BaselineStatus): string {
  const rows = blocks.map((block, place) => [
    String(place + 1),
    block.order.join(', ').toUpperCase(),
    ...metrics.map(({ name }) => pairText(block, name)),
    [...problemsOf('A', block.a), ...problemsOf('B', block.b)].map(escapeMarkdown).join(' '),
  ]);
  const figures = metrics.map(({ name, unit }) => `${name}: A, B${unit === undefined ? '' : ` (${unit})`}`);
  return table(['block', 'order', ...figures.map(escapeMarkdown), 'not valid because'], rows);
}

function pairText({ a, b }: BaselineBlock, name: string): string {
  return [a.measured[name], b.measured[name]]
    .map((value) => (value === undefined ? '–' : value.toPrecision(4)))
    .join(', ');
}

function problemsOf(arm: string, { invalid }: TrialRecord): string[] {
  return invalid.map((reason) => `${arm}: ${reason}`);
}
