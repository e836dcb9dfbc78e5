import {
  formatCounts,
  isFinal,
  StageState,
  type ChangeStatus,
  type PlanSummary,
  type StageProgress,
} from '@meshwright/model';
import {
  code,
  duration,
  escapeMarkdown,
  failureSection,
  table,
  workflowLink,
} from '@meshwright/workflow-kit';
import type { MeshChangeInput } from './input.ts';

/** What the Temporal UI shows of a change, as Markdown. */
export function changeDetails(input: MeshChangeInput, status: ChangeStatus, namespace: string): string {
  const { plan = input.plan, phase, failure, owned, waitingFor } = status;
  const { type, version, mode } = plan.mesh;
  const sections = [
    `**${plan.action} ${escapeMarkdown(`${type} ${version} (${mode})`)}** on ${code(status.cluster)}: **${phase}**`,
    `Rollout ${workflowLink(namespace, input.rollout)}, plan ${code(plan.digest)}: ${formatCounts(plan.counts)}.`,
    ...(waitingFor === undefined || isFinal(phase) ? [] : [`Waits for ${escapeMarkdown(waitingFor)}.`]),
    stageTable(status.stages),
    ...(failure === undefined ? [] : [failureSection(failure)]),
    ...(owned === undefined || failure === undefined ? [] : [ownedSection(owned)]),
  ];
  return sections.join('\n\n');
}

/** The stages of a plan with how many objects each changes. */
export function planTable(plan: PlanSummary): string {
  const rows = plan.stages.map(({ title, counts, restarts }) => [
    escapeMarkdown(title),
    String(counts.create),
    String(counts.update),
    String(counts.delete),
    String(counts.unchanged),
    String(restarts),
  ]);
  const head = ['Stage', 'Create', 'Update', 'Delete', 'Unchanged', 'Restarts'];
  const warnings = plan.warnings.map((warning) => `**Warning:** ${escapeMarkdown(warning)}`);
  return [table(head, rows), ...warnings].join('\n\n');
}

/** The stages of a change with how far each is. */
export function stageTable(stages: readonly StageProgress[]): string {
  return table(['Stage', 'State', 'Time', 'Note'], stages.map(stageRow));
}

function stageRow({ title, state, startedAt, finishedAt, note }: StageProgress): string[] {
  const shown = state === StageState.pending ? state : `**${state}**`;
  const time = startedAt === undefined || finishedAt === undefined ? '' : duration(finishedAt - startedAt);
  return [escapeMarkdown(title), shown, time, escapeMarkdown(note ?? '')];
}

function ownedSection({ total, sample, removal }: NonNullable<ChangeStatus['owned']>): string {
  const more = total > sample.length ? [`- … and ${total - sample.length} more`] : [];
  return [
    `**What the pattern owns there now: ${total} objects.** ${escapeMarkdown(removal)}`,
    [...sample.map((reference) => `- ${code(reference)}`), ...more].join('\n'),
  ].join('\n\n');
}
