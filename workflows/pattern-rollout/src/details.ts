import {
  Command,
  formatCounts,
  isFinal,
  Phase,
  PlanAction,
  Purpose,
  shortCommit,
  workflowId,
  type ApprovalStatus,
  type ChangeStatus,
  type RolloutStatus,
} from '@meshwright/model';
import {
  commandBlock,
  describeAction,
  gateSection,
  interventionLines,
  planTable,
  stageTable,
} from '@meshwright/mesh-change';
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
  const uninstalls = status.purpose === Purpose.uninstall ? ' (uninstall)' : '';
  const sections = [
    `**${escapeMarkdown(pattern)}**${uninstalls} at ${code(shortCommit(commit))}: **${phase}**`,
    `“${escapeMarkdown(subject)}” by ${escapeMarkdown(author)}; ${code(path)} in repository ${code(repository)}`,
    ...requestLine(status),
    ...(waitingFor === undefined || isFinal(phase) ? [] : [`**Waits for** ${escapeMarkdown(waitingFor)}.`]),
    ...whatOneCanDo(status),
    ...(failure === undefined ? [] : [failureSection(failure)]),
    ...holdSection(status),
    ...(approval === undefined ? [] : [approvalSection(approval, status)]),
    ...interventionLines(status.interventions),
    ...status.targets.map((target) => targetSection(target, namespace)),
  ];
  return sections.join('\n\n');
}

function requestLine({ request }: RolloutStatus): string[] {
  if (request === undefined) return [];
  const { kind, identity, reason, holds } = request;
  const why = reason === undefined ? '' : `: ${escapeMarkdown(reason)}`;
  const held = holds === undefined ? '' : `, takes back ${code(shortCommit(holds))}`;
  return [`Started by ${escapeMarkdown(identity)} (${kind}${held})${why}`];
}

/** The commands for a phase that only a person ends. */
function whatOneCanDo({ phase, rollout, targets }: RolloutStatus): string[] {
  if (phase === Phase.paused) return [commandBlock(rollout, [Command.resume, Command.cancel])];
  if (phase !== Phase.stopped) return [];
  const stopped = targets.filter((target) => target.phase === Phase.stopped);
  const forward = stopped.some(({ rollback }) => rollback === undefined);
  const keep = stopped.some(({ gate }) => gate?.asks === true) ? [Command.resume] : [];
  const back = forward ? [Command.rollback] : [];
  return [commandBlock(rollout, [...keep, Command.retry, ...back, Command.cancel])];
}

function holdSection({ hold, rollout, pattern }: RolloutStatus): string[] {
  if (hold === undefined) return [];
  const { reason, revert, refused } = hold;
  return [
    '### Held',
    `The commit is not tried again until there is a new one or a person says so: ${escapeMarkdown(reason)}`,
    codeBlock(`meshwright retry ${rollout.replace(/^rollout:/, '')}`),
    ...(revert === undefined
      ? []
      : [
          `The branch ${code(revert)} takes back what the commit changed of ${escapeMarkdown(pattern)}: merge it.`,
        ]),
    ...(refused === undefined ? [] : [`No branch was offered to revert it: ${escapeMarkdown(refused)}`]),
  ];
}

function approvalSection(approval: ApprovalStatus, { rollout, phase }: RolloutStatus): string {
  const { subject, quorum, expiresAt, decisions, confirms = [] } = approval;
  const approved = decisions.filter(({ decision }) => decision === 'approve').length;
  const made = decisions.map(({ decision, identity, reason, at }) => {
    const why = reason === undefined ? '' : `: ${escapeMarkdown(reason)}`;
    const what = decision === 'approve' ? 'approved' : 'rejected';
    return `- ${what} by ${escapeMarkdown(identity)}, ${moment(at)}${why}`;
  });
  return [
    approval.authorMayDecide === true ? '### Confirmation' : '### Approval',
    ...(confirms.length === 0 ? [] : [confirms.map((reason) => `- ${escapeMarkdown(reason)}`).join('\n')]),
    `${approved} of ${quorum} needed, from ${whoDecides(approval)}, until ${moment(expiresAt)}, of ${code(subject)}`,
    ...(made.length === 0 ? [] : [made.join('\n')]),
    ...(phase === Phase.awaitingApproval
      ? [codeBlock(`meshwright approve ${rollout} --subject ${subject}`)]
      : []),
  ].join('\n\n');
}

function whoDecides({ approvers, authorMayDecide }: ApprovalStatus): string {
  if (approvers.length > 0) return approvers.map(escapeMarkdown).join(', ');
  return authorMayDecide === true ? 'anyone' : 'anyone but the author';
}

function targetSection(target: ChangeStatus, namespace: string): string {
  const { cluster, mesh, phase, plan, stages, rollback, waitingFor, failure } = target;
  const begun = stages.length > 0 || phase === Phase.changing;
  return [
    `### ${escapeMarkdown(cluster)}: ${phase}`,
    ...(plan === undefined ? [] : [planLine(target)]),
    ...(waitingFor === undefined || isFinal(phase) ? [] : [`Waits for ${escapeMarkdown(waitingFor)}.`]),
    ...(begun ? [`Stages: ${workflowLink(namespace, workflowId.change(cluster, mesh))}`] : []),
    ...(failure === undefined ? [] : [failureSection(failure)]),
    ...(begun && isFinal(phase) ? [stageTable(stages)] : []),
    ...(target.gate === undefined ? [] : [gateSection(target.gate)]),
    ...(begun && rollback !== undefined ? ['The way back:', stageTable(rollback)] : []),
    ...(plan === undefined || plan.stages.length === 0 || isFinal(phase) ? [] : [planTable(plan)]),
  ].join('\n\n');
}

function planLine({ plan }: ChangeStatus): string {
  if (plan === undefined) return '';
  if (plan.action === PlanAction.none) {
    const { type, version, mode } = plan.mesh;
    return `Nothing to change in ${escapeMarkdown(`${type} ${version} (${mode})`)}.`;
  }
  return `${describeAction(plan)}: ${formatCounts(plan.counts)}; plan ${code(plan.digest)}`;
}
