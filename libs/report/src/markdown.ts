import type { BaselineBlock, Metric } from '@meshwright/model';
import { advice } from './advice.ts';
import { costGap, costRows } from './costs.ts';
import { amount, columnFigure, nothing, percent, plural, rangeText, signedPercent } from './figures.ts';
import { type Finding, findingsOf } from './findings.ts';
import { headline, otherMetrics } from './headline.ts';
import { armNames, arms, type MeasuredBaseline, measuredOf } from './measured.ts';
import { clipped } from './plain.ts';
import { setupOf } from './setup.ts';
import { metricTitle, reasonText } from './trials.ts';

/** Together these keep a comment within what GitHub takes, 65,536 characters, whatever was measured. */
const most = { metrics: 20, columns: 6, blocks: 40, reason: 100 };

/**
 * The comparison as GitHub Flavored Markdown, for a pull request: the verdict, and the blocks folded away. At most 60,000
 * characters; nothing foreign in it acts as markup, links or mentions anyone.
 */
export function markdownReport(baseline: MeasuredBaseline): string {
  const others = otherMetrics(baseline, code);
  const sections = [
    `**${headline(baseline, code)}**`,
    ...(others === undefined ? [] : [others]),
    ...notes(advice(baseline, code)),
    metricsTable(findingsOf(baseline)),
    ...costSection(baseline),
    ...blocksTable(baseline),
    folded(
      'What was measured, and how',
      setupOf(baseline, code)
        .map(([fact, said]) => `- **${fact}**: ${said}`)
        .join('\n'),
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

function notes(sentences: readonly string[]): string[] {
  return sentences.length === 0 ? [] : [sentences.map((sentence) => `- ${sentence}`).join('\n')];
}

function metricsTable(findings: readonly Finding[]): string {
  const rows = findings
    .slice(0, most.metrics)
    .map(({ metric, verdict, judged, ratio, interval, limit, difference }) => [
      code(clipped(metric.name, 24)),
      verdict === undefined ? 'not judged' : `**${verdict}**`,
      signedPercent(ratio === undefined ? undefined : ratio - 1),
      rangeText(interval),
      percent(limit.relative),
      amount(difference, metric.unit, code),
      percent(judged?.detectable),
      String(judged?.blocks ?? 0),
    ]);
  return table(
    ['metric', 'verdict', 'B against A', 'interval', 'limit', 'difference', 'could show', 'blocks'],
    rows,
  );
}

function costSection(baseline: MeasuredBaseline): string[] {
  const rows = costRows(baseline).map(({ title, a, b, change }) => [title, a, b, change]);
  const gap = costGap(baseline, code);
  if (rows.length === 0 && gap === undefined) return [];
  const content = [
    ...(rows.length === 0 ? [] : [table(['used', 'A', 'B', 'B against A'], rows)]),
    ...(gap === undefined ? [] : [gap]),
  ];
  return [
    folded('What it costs: medians of the valid trials, not judged by themselves', content.join('\n\n')),
  ];
}

function blocksTable({ status: { blocks, metrics } }: MeasuredBaseline): string[] {
  if (blocks.length === 0) return [];
  const columns = metrics.slice(0, most.columns);
  const rows = blocks
    .slice(0, most.blocks)
    .map((block, place) => [
      String(place + 1),
      block.order.join(', ').toUpperCase(),
      ...columns.map((metric) => pairText(block, metric)),
      lostText(block),
    ]);
  const left = blocks.length - rows.length;
  const titles = columns.map((metric) => `${code(metricTitle(metric))} A, B`);
  const content = table(['block', 'order', ...titles, 'not judged because'], rows);
  return [
    folded(
      `${plural(blocks.length, 'block')}: A is ${armNames.a.slice(3)}, B ${armNames.b.slice(3)}`,
      left > 0 ? `${content}\n\n… ${plural(left, 'more block')}.` : content,
    ),
  ];
}

function pairText(block: BaselineBlock, { name }: Metric): string {
  return arms.map((arm) => columnFigure(measuredOf(block[arm], name))).join(', ');
}

function lostText(block: BaselineBlock): string {
  const reasons = arms.flatMap((arm) => {
    const reason = reasonText(block[arm]);
    return reason === '' ? [] : [`${arm.toUpperCase()}: ${reason}`];
  });
  return reasons.length === 0 ? '' : code(clipped(reasons.join(' '), most.reason));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/**
 * Foreign text as code, in which GitHub sees no mention and no link. A bar would end the cell of a table, also in a code
 * span, and what stands before it decides: text with one is written as HTML with entities, which are never markup.
 */
function code(text: string): string {
  if (text.trim() === '') return nothing;
  if (text.includes('|')) {
    const entities = text.replace(/[!-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
    return `<code>${entities}</code>`;
  }
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}
