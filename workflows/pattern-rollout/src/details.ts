import {
  formatCounts,
  isFinal,
  Phase,
  PlanAction,
  shortCommit,
  workflowId,
  type ApprovalStatus,
  type ChangeStatus,
  type RolloutStatus,
} from '@meshwright/model';
import { planTable, stageTable } from '@meshwright/mesh-change';
import {
  code,
  codeBlock,
  escapeMarkdown,
  failureSection,
  moment,
  workflowLink,
} from '@meshwright/workflow-kit';

/** What the Temporal UI shows of a rollout, as Markdown. */
export function rolloutDetails(status: RolloutStatus, namespace: string): string {
  const { pattern, commit, subject, author, path, repository, phase, waitingFor, approval, failure } = status;
  const sections = [
    `**${escapeMarkdown(pattern)}** at ${code(shortCommit(commit))}: **${phase}**`,
    `“${escapeMarkdown(subject)}” by ${escapeMarkdown(author)}; ${code(path)} in repository ${code(repository)}`,
    ...(waitingFor === undefined || isFinal(phase) ? [] : [`**Waits for** ${escapeMarkdown(waitingFor)}.`]),
    ...(failure === undefined ? [] : [failureSection(failure)]),
    ...(approval === undefined ? [] : [approvalSection(approval, status)]),
    ...status.targets.map((target) => targetSection(target, namespace)),
  ];
  return sections.join('\n\n');
}

function approvalSection(approval: ApprovalStatus, { rollout, phase }: RolloutStatus): string {
  const { subject, approvers, quorum, expiresAt, decisions } = approval;
  const approved = decisions.filter(({ decision }) => decision === 'approve').length;
  const who = approvers.length === 0 ? 'anyone but the author' : approvers.map(escapeMarkdown).join(', ');
  const made = decisions.map(({ decision, identity, reason, at }) => {
    const why = reason === undefined ? '' : `: ${escapeMarkdown(reason)}`;
    const what = decision === 'approve' ? 'approved' : 'rejected';
    return `- ${what} by ${escapeMarkdown(identity)}, ${moment(at)}${why}`;
  });
  return [
    '### Approval',
    `${approved} of ${quorum} needed, from ${who}, until ${moment(expiresAt)}, of ${code(subject)}`,
    ...(made.length === 0 ? [] : [made.join('\n')]),
    ...(phase === Phase.awaitingApproval
      ? [codeBlock(`meshwright approve ${rollout} --subject ${subject}`)]
      : []),
  ].join('\n\n');
}

function targetSection(target: ChangeStatus, namespace: string): string {
  const { cluster, mesh, phase, plan, stages, waitingFor, failure } = target;
  const begun = stages.length > 0 || phase === Phase.changing;
  return [
    `### ${escapeMarkdown(cluster)}: ${phase}`,
    ...(plan === undefined ? [] : [planLine(target)]),
    ...(waitingFor === undefined || isFinal(phase) ? [] : [`Waits for ${escapeMarkdown(waitingFor)}.`]),
    ...(begun ? [`Stages: ${workflowLink(namespace, workflowId.change(cluster, mesh))}`] : []),
    ...(failure === undefined ? [] : [failureSection(failure)]),
    ...(begun && isFinal(phase) ? [stageTable(stages)] : []),
    ...(plan === undefined || plan.stages.length === 0 || isFinal(phase) ? [] : [planTable(plan)]),
  ].join('\n\n');
}

function planLine({ plan }: ChangeStatus): string {
  if (plan === undefined) return '';
  const { type, version, mode } = plan.mesh;
  const mesh = escapeMarkdown(`${type} ${version} (${mode})`);
  if (plan.action === PlanAction.none) return `Nothing to change in ${mesh}.`;
  return `${plan.action} ${mesh}: ${formatCounts(plan.counts)}; plan ${code(plan.digest)}`;
}
