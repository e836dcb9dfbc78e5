import {
  type ApprovalStatus,
  Decision,
  describeDecision,
  isFinal,
  type NoticeApproval,
  type Phase,
  type TakenDecision,
} from '@meshwright/model';
import { isOpen } from '@meshwright/rollouts';
import { formatTime } from '@meshwright/wording';

/** A gate as people are told of it. */
export function noticeApproval(approval: ApprovalStatus, phase: Phase): NoticeApproval {
  const { gate, title, subject, quorum, requiredGroups, expiresAt, decisions, confirms, held, closed } =
    approval;
  const open = isOpen(approval) && !isFinal(phase);
  return {
    gate,
    title,
    subject,
    open,
    approvers: approval.may ?? approval.approvers,
    quorum,
    requiredGroups,
    expiresAt,
    decided: decisions.map((taken) => `${toldOf(taken)} (${formatTime(taken.at)})`),
    confirms: confirms ?? [],
    ...(held === undefined ? {} : { held: toldOf(held) }),
    ...(closed?.reason === undefined ? {} : { closed: closed.reason }),
    escalated: approval.escalated === true,
    choices: open ? choicesOf(approval) : [],
  };
}

/** `held by Ada, from #mesh: the sale`. */
export function toldOf(taken: TakenDecision): string {
  const why = taken.reason === undefined ? '' : `: ${taken.reason}`;
  return `${describeDecision(taken)}${why}`;
}

function choicesOf({ held, breakGlass }: ApprovalStatus): Decision[] {
  return [
    Decision.approve,
    Decision.reject,
    held === undefined ? Decision.hold : Decision.release,
    ...(breakGlass === undefined ? [] : [Decision.breakGlass]),
  ];
}
