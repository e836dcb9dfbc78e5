import { approvalsOf } from '@meshwright/approval-gate';
import {
  Command,
  describeAccount,
  describeAction,
  describeDecision,
  describeRequest,
  formatCounts,
  formatTime,
  Gate,
  isFinal,
  Phase,
  PlanAction,
  Purpose,
  shortCommit,
  shortName,
  workflowId,
  type ApprovalStatus,
  type ChangeStatus,
  type RolloutStatus,
  type TakenDecision,
} from '@meshwright/model';
import { commandBlock, gateSection, interventionLines, planTable, stageTable } from '@meshwright/mesh-change';
import { code, codeBlock, escapeMarkdown, failureSection, workflowLink } from '@meshwright/workflow-kit';

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
  return [`**Asked for:** ${escapeMarkdown(describeRequest(request))}`];
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

/** It names the commit: one that a rollback takes back is not the commit of the rollout. */
function holdSection({ hold, pattern }: RolloutStatus): string[] {
  if (hold === undefined) return [];
  const { reason, revert, refused } = hold;
  const commit = shortCommit(hold.commit);
  return [
    '### Held',
    `Commit ${code(commit)} is not tried again until there is a newer one or a person says so: ${escapeMarkdown(reason)}`,
    codeBlock(`meshwright retry ${pattern}@${commit}`),
    ...(revert === undefined
      ? []
      : [
          `The branch ${code(revert)} takes back what that commit changed of ${escapeMarkdown(pattern)}: merge it.`,
        ]),
    ...(refused === undefined ? [] : [`No branch was offered to revert it: ${escapeMarkdown(refused)}`]),
  ];
}

function approvalSection(approval: ApprovalStatus, { rollout, phase, decisions }: RolloutStatus): string {
  const { subject, quorum, expiresAt, confirms = [], requiredGroups, title } = approval;
  const groups = requiredGroups.map((group) => `, one of them of ${escapeMarkdown(group)}`).join('');
  return [
    `### ${approval.authorMayDecide === true ? 'Confirmation' : 'Approval'} ${escapeMarkdown(title)}`,
    ...(confirms.length === 0
      ? []
      : ['Whoever approves confirms:', confirms.map((reason) => `- ${escapeMarkdown(reason)}`).join('\n')]),
    `${approvalsOf(approval).length} of ${quorum} needed, from ${whoDecides(approval)}${groups}, until ${formatTime(expiresAt)}, of ${code(subject)}`,
    ...(decisions.length === 0 ? [] : [decisions.map(decisionLine).join('\n')]),
    ...(phase === Phase.awaitingApproval
      ? [codeBlock(`meshwright approve ${shortName(rollout)} --subject ${subject}`)]
      : []),
  ].join('\n\n');
}

function decisionLine(taken: TakenDecision): string {
  const { account, reason, from, gate, subject, at } = taken;
  const why = reason === undefined ? '' : `: ${escapeMarkdown(reason)}`;
  const place = gate === Gate.change ? '' : ` at ${code(gate)}`;
  const what = code(subject.slice(0, 'sha256:'.length + 12));
  const who = escapeMarkdown(`${describeDecision(taken)} (${describeAccount(account)})`);
  return `- ${who}, ${formatTime(at)} from ${escapeMarkdown(from)}${place}, of ${what}${why}`;
}

function whoDecides({ approvers, authorMayDecide, may }: ApprovalStatus): string {
  if (may !== undefined && may.length > 0) return may.map(escapeMarkdown).join(', ');
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
    return `${escapeMarkdown(describeAction(plan))}.`.replace(/^n/, 'N');
  }
  return `${escapeMarkdown(describeAction(plan))}: ${formatCounts(plan.counts)}; plan ${code(plan.digest)}`;
}
