import type { ApprovalStatus, TakenDecision } from '@meshwright/model';
import { describeTaken, gateFacts } from '@meshwright/rollouts';
import { escapeText, pad, wrap } from '@meshwright/wording';
import type { View } from './style.ts';

/** Who decided what, when, where, on which digest and why, wrapped to the width. */
export function renderDecision(taken: TakenDecision, { width, now }: View): string[] {
  return wrap(escapeText(describeTaken(taken, now)), width - 2).map((line) => `  ${line}`);
}

/** What a gate that waits asks for and what it has, label and value in two columns, wrapped; `first` comes before. */
export function renderGateFacts(
  approval: ApprovalStatus,
  { width, now, style }: View,
  first: readonly [string, string][] = [],
): string[] {
  const facts = [...first, ...gateFacts(approval, now)];
  const labels = Math.max(...facts.map(([label]) => label.length));
  return facts.flatMap(([label, text]) =>
    wrap(escapeText(text), width - labels - 4).map(
      (line, index) => `  ${style.dim(pad(index === 0 ? label : '', labels))}  ${line}`,
    ),
  );
}
