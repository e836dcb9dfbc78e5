import { shortCommit, shortName } from '@meshwright/model';
import { approveCommand, type WaitingGate } from '@meshwright/rollouts';
import { escapeText } from '@meshwright/wording';
import { renderDecision, renderGateFacts } from './decisions.ts';
import { joinCells } from './line.ts';
import type { View } from './style.ts';

const kinds: Readonly<Record<WaitingGate['kind'], string>> = {
  rollout: 'rollout',
  'policy-change': 'change of the approval policy',
  'pull-request': 'pull request',
};

/** Gates that wait for people, one below the other, each with the command line that approves it. */
export function renderGates(gates: readonly WaitingGate[], view: View): string[] {
  return gates.flatMap((gate, index) => [...(index === 0 ? [] : ['']), ...renderGate(gate, view)]);
}

/** One gate that waits: what it is about, who may decide, what was decided, until when. */
export function renderGate(waiting: WaitingGate, view: View): string[] {
  const { kind, workflow, repository, about, commit, approval } = waiting;
  const { style, width } = view;
  const title = joinCells(
    [
      { text: escapeText(shortName(workflow)), paint: style.bold },
      { text: `  ${escapeText(approval.title)}`, paint: style.yellow },
    ],
    width,
  );
  const at = commit === undefined ? '' : ` at ${shortCommit(commit)}`;
  const what = `${kinds[kind]}: ${about}${at} of ${repository}`;
  const lines = renderGateFacts(approval, view, [['what', what]]);
  const decisions = approval.decisions.flatMap((taken) => renderDecision(taken, view));
  return [
    title,
    ...lines,
    ...decisions,
    `  ${style.cyan(escapeText(approveCommand(workflow, approval.subject)))}`,
  ];
}
