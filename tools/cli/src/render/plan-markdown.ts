import {
  actionWords,
  describeTransition,
  type Digest,
  type Plan,
  type PlannedStage,
} from '@meshwright/model';
import {
  describeUndone,
  escapeText,
  type PlanLimits,
  plural,
  stageDiff,
  describeStage,
} from '@meshwright/wording';
import { codeSpan, fencedBlock, tableCode } from './markdown.ts';
import {
  describeCounts,
  describeDisturbance,
  describeDriftOf,
  describeManner,
  describeMeasurement,
  describeNoWayBack,
  describeSum,
  wouldChange,
} from './plan-text.ts';

/** A plan as GitHub Flavored Markdown, for a pull request or a chat; nothing foreign in it acts as markup. */
export function renderPlanMarkdown(plan: Plan, digest: Digest, limits: PlanLimits): string[] {
  const manner = describeManner(plan).map((text) => `, ${codeSpan(text)}`);
  const lines = [
    `### Plan: ${codeSpan(plan.pattern)} on ${codeSpan(plan.cluster)}`,
    '',
    `**${actionWords[plan.action]}** ${codeSpan(escapeText(describeTransition(plan)))}: ${describeCounts(plan)}`,
    '',
    `Repository ${codeSpan(plan.repository)}, plan ${codeSpan(digest)}${manner.join('')}`,
    '',
  ];
  for (const reason of plan.confirmations) lines.push(`> **Must be confirmed:** ${codeSpan(reason)}`, '');
  for (const warning of plan.warnings) lines.push(`> **Warning:** ${codeSpan(warning)}`, '');
  if (!limits.full && !wouldChange(plan)) return [...lines, describeSum(plan)];
  const sentences = [...describeMeasurement(plan), ...describeDisturbance(plan), ...describeDriftOf(plan)];
  for (const sentence of sentences) {
    lines.push(codeSpan(sentence), '');
  }
  lines.push(...renderPreflight(plan, limits), ...stageTable(plan));
  plan.stages.forEach((stage, index) => lines.push(...renderStage(stage, String(index + 1), limits)));
  lines.push(...renderWayBack(plan, limits));
  return lines.slice(0, -1);
}

function renderPreflight({ preflight }: Plan, limits: PlanLimits): string[] {
  const shown = limits.full ? preflight : preflight.filter(({ state }) => state === 'warning');
  if (preflight.length === 0) return [];
  const passed = preflight.filter(({ state }) => state === 'passed').length;
  return [
    `Pre-flight: ${passed} of ${plural(preflight.length, 'check')} passed`,
    '',
    ...shown.map(({ title, state, note }) => `- ${state}: ${codeSpan(`${title}: ${note}`)}`),
    ...(shown.length === 0 ? [] : ['']),
  ];
}

function stageTable({ stages }: Plan): string[] {
  const rows = stages.map((stage, index) => {
    const requires = stage.requires === undefined ? '' : tableCode(stage.requires);
    return `| ${index + 1} | ${tableCode(stage.title)} | ${tableCode(describeStage(stage))} | ${requires} |`;
  });
  return ['| # | stage | work | requires |', '|--:|---|---|---|', ...rows, ''];
}

function renderStage(stage: PlannedStage, label: string, limits: PlanLimits): string[] {
  const lines = stageDiff(stage, limits);
  if (lines.length === 0) return [];
  return [
    ...details(`${label}. <code>${escapeHtml(escapeText(stage.title))}</code>`, fencedBlock('diff', lines)),
  ];
}

/** One line for each stage of the way back, in full with what each does. */
function renderWayBack(plan: Plan, limits: PlanLimits): string[] {
  const none = describeNoWayBack(plan);
  if (none !== undefined) return [none, ''];
  const rows = plan.rollback.map((stage, index) => {
    const undone = describeUndone(stage, plan);
    return `| b${index + 1} | ${tableCode(stage.title)} | ${tableCode(describeStage(stage))} | ${tableCode(undone)} |`;
  });
  return [
    ...details('The way back, if a stage fails', [
      '| # | stage | work | undoes |',
      '|--:|---|---|---|',
      ...rows,
    ]),
    ...(limits.full
      ? plan.rollback.flatMap((stage, index) => renderStage(stage, `b${index + 1}`, limits))
      : []),
  ];
}

function details(summary: string, content: readonly string[]): string[] {
  return [`<details><summary>${summary}</summary>`, '', ...content, '', '</details>', ''];
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
