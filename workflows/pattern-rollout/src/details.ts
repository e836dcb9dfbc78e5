import { approvalsOf } from '@meshwright/approval-gate';
import {
  Command,
  Decision,
  formatCounts,
  Gate,
  isFinal,
  Phase,
  PlanAction,
  Purpose,
  shortCommit,
  workflowId,
  type ApprovalStatus,
  type ChangeStatus,
  type RolloutStatus,
  type TakenDecision,
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

function approvalSection(approval: ApprovalStatus, { rollout, phase, decisions }: RolloutStatus): string {
  const { subject, quorum, expiresAt, confirms = [], requiredGroups, title } = approval;
  const groups = requiredGroups.map((group) => `, one of them of ${escapeMarkdown(group)}`).join('');
  return [
    `### ${approval.authorMayDecide === true ? 'Confirmation' : 'Approval'} ${escapeMarkdown(title)}`,
    ...(confirms.length === 0 ? [] : [confirms.map((reason) => `- ${escapeMarkdown(reason)}`).join('\n')]),
    `${approvalsOf(approval).length} of ${quorum} needed, from ${whoDecides(approval)}${groups}, until ${moment(expiresAt)}, of ${code(subject)}`,
    ...(decisions.length === 0 ? [] : [decisions.map(decisionLine).join('\n')]),
    ...(phase === Phase.awaitingApproval
      ? [codeBlock(`meshwright approve ${rollout} --subject ${subject}`)]
      : []),
  ].join('\n\n');
}

const decided: Record<Decision, string> = {
  [Decision.approve]: 'approved',
  [Decision.reject]: 'rejected',
  [Decision.hold]: 'held',
  [Decision.release]: 'released',
  [Decision.breakGlass]: '**glass broken**',
};

function decisionLine({ decision, person, reason, from, gate, subject, at }: TakenDecision): string {
  const why = reason === undefined ? '' : `: ${escapeMarkdown(reason)}`;
  const place = gate === Gate.change ? '' : ` at ${code(gate)}`;
  const what = code(subject.slice(0, 'sha256:'.length + 12));
  return `- ${decided[decision]}${place} by ${escapeMarkdown(person)} (${escapeMarkdown(from)}), ${moment(at)}, ${what}${why}`;
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
    const { type, version, mode } = plan.mesh;
    return `Nothing to change in ${escapeMarkdown(`${type} ${version} (${mode})`)}.`;
  }
  return `${describeAction(plan)}: ${formatCounts(plan.counts)}; plan ${code(plan.digest)}`;
}
