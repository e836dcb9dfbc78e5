import type { RolloutStatus } from '@meshwright/model';
import type { HistoryEvent, Run } from './temporal.ts';

/** A stage that was handed to the agent of the cluster. */
export interface ScheduledStage {
  at: number;
  plan: string;
  stage: string;
}

/** The stages that a change had applied. */
export function scheduledStages({ events }: Run): ScheduledStage[] {
  return events.flatMap(({ at, activity, payloads }) => {
    if (activity !== 'applyStage') return [];
    return payloads.filter(isStageInput).map(({ plan, stage }) => ({ at, plan, stage }));
  });
}

/** What people approved, with when. */
export function approvals(runs: readonly Run[]): { at: number; subject: string }[] {
  return runs.flatMap(({ events }) =>
    events.flatMap(({ at, update, payloads }) =>
      update === 'decide' ? payloads.filter(isApproval).map(({ subject }) => ({ at, subject })) : [],
    ),
  );
}

/** The digests of all plans that were made. */
export function plannedDigests(runs: readonly Run[]): Set<string> {
  const payloads = runs.flatMap(({ events }) => events.flatMap((event) => event.payloads));
  return new Set(payloads.filter(isPlanSummary).map(({ digest }) => digest));
}

/** Whether a change was started as one that nobody may carry out without a decision. */
export function needsDecision({ events }: Run): boolean {
  const input = events[0]?.payloads.find((payload) => has(payload, 'decisionRequired'));
  return has(input, 'decisionRequired') && input.decisionRequired === true;
}

/** The status that a rollout ended with. */
export function finalStatus({ events }: Run): RolloutStatus | undefined {
  const closing = events.find(({ isClosing }: HistoryEvent) => isClosing);
  return closing?.payloads.flatMap(flattened).find(isRolloutStatus);
}

/** Details of a failure are lists of values. */
function flattened(payload: unknown): unknown[] {
  return Array.isArray(payload) ? payload : [payload];
}

function isStageInput(payload: unknown): payload is { plan: string; stage: string } {
  return has(payload, 'plan') && has(payload, 'stage') && typeof payload.plan === 'string';
}

function isApproval(payload: unknown): payload is { subject: string } {
  return has(payload, 'subject') && has(payload, 'decision') && payload.decision === 'approve';
}

function isPlanSummary(payload: unknown): payload is { digest: string } {
  return has(payload, 'digest') && has(payload, 'stages') && has(payload, 'rollback');
}

function isRolloutStatus(payload: unknown): payload is RolloutStatus {
  return has(payload, 'phase') && has(payload, 'targets') && has(payload, 'rollout');
}

function has<K extends string>(value: unknown, field: K): value is Record<K, unknown> {
  return typeof value === 'object' && value !== null && field in value;
}
