import {
  type Digest,
  type FieldChange,
  formatCounts,
  formatReference,
  type ObjectChange,
  type Plan,
  type PlannedStage,
  summarizePlan,
} from '@meshwright/model';
import { codeSpan, fencedBlock, tableCode } from './markdown.ts';
import { describeCommit, formatValue, orderedChanges, type PlanLimits } from './plan-text.ts';
import { escapeText, plural, truncate } from './text.ts';

/** Longest value in a field's line. */
const valueWidth = 120;

/** A plan as GitHub Flavored Markdown, for a pull request or a chat; nothing foreign in it acts as markup. */
export function renderPlanMarkdown(plan: Plan, digest: Digest, limits: PlanLimits): string[] {
  const { counts, restarts, stages } = summarizePlan(plan, digest);
  const { type, version, mode } = plan.mesh;
  const restart = restarts === 0 ? '' : `, ${plural(restarts, 'workload')} to restart`;
  const lines = [
    `### Plan: ${codeSpan(plan.pattern)} on ${codeSpan(plan.cluster)}`,
    '',
    `**${plan.action}** ${codeSpan(`${type} ${version} (${mode})`)}: ${formatCounts(counts)}${restart}`,
    '',
    `Repository ${codeSpan(plan.repository)}, ${codeSpan(describeCommit(plan))}, plan ${codeSpan(digest)}`,
    '',
  ];
  for (const warning of plan.warnings) lines.push(`> **Warning:** ${codeSpan(warning)}`, '');
  if (stages.length === 0) return [...lines, 'Nothing to do.'];
  lines.push('| # | stage | create | update | delete | restart |', '|--:|---|--:|--:|--:|--:|');
  stages.forEach((stage, index) => {
    const { create, update, delete: removed } = stage.counts;
    lines.push(
      `| ${index + 1} | ${tableCode(stage.title)} | ${create} | ${update} | ${removed} | ${stage.restarts} |`,
    );
  });
  lines.push('');
  plan.stages.forEach((stage, index) => lines.push(...renderStage(stage, index + 1, limits)));
  return lines.slice(0, -1);
}

function renderStage(stage: PlannedStage, number: number, limits: PlanLimits): string[] {
  const changes = orderedChanges(stage.changes, limits);
  const shown = changes.slice(0, limits.objects).flatMap((change) => renderObject(change, limits));
  const left = changes.length - Math.min(changes.length, limits.objects);
  if (left > 0) shown.push(`  … ${plural(left, 'more object')}`);
  for (const workload of stage.restarts.slice(0, limits.objects)) {
    shown.push(`! restart ${escapeText(formatReference(workload))}`);
  }
  if (stage.restarts.length > limits.objects) {
    shown.push(`  … ${plural(stage.restarts.length - limits.objects, 'more workload')}`);
  }
  if (shown.length === 0) return [];
  return [
    `<details><summary>${number}. <code>${escapeHtml(escapeText(stage.title))}</code></summary>`,
    '',
    ...fencedBlock('diff', shown),
    '',
    '</details>',
    '',
  ];
}

/** In a `diff` block `!` marks what changes in place. */
function renderObject(change: ObjectChange, limits: PlanLimits): string[] {
  const signs = { create: '+', update: '!', delete: '-', unchanged: ' ' };
  const note = change.predicted === true ? ' (not checked by the server yet)' : '';
  const line = `${signs[change.change]} ${escapeText(formatReference(change.object))}${note}`;
  if (change.change !== 'update') return [line];
  const fields = change.fields.slice(0, limits.fields).map(renderField);
  const left = change.fields.length - fields.length;
  return [line, ...fields, ...(left > 0 ? [`      … ${plural(left, 'more field')}`] : [])];
}

function renderField({ path, before, after }: FieldChange): string {
  const parts = [before, after]
    .filter((value) => value !== undefined)
    .map((value) => truncate(formatValue(value), valueWidth));
  const sign = before === undefined ? 'added ' : after === undefined ? 'removed ' : '';
  return `      ${escapeText(path)}: ${sign}${parts.join(' → ')}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
