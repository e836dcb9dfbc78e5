import {
  type ApprovalStatus,
  type ChangeStatus,
  Gate,
  Phase,
  type RolloutStatus,
  StageState,
  summarizePlan,
  type TakenDecision,
} from '@meshwright/model';
import { commit, digest, samplePlan } from '@meshwright/wording/test-support/plans';
import type { RolloutRecord, RolloutReport } from '../report.ts';

/** The moment at which every sample is looked at: 2026-11-21 12:00:00 UTC. */
export const moment = Date.UTC(2026, 10, 21, 12);

export function sampleTarget(overrides: Partial<ChangeStatus> = {}): ChangeStatus {
  return {
    cluster: 'local',
    mesh: 'istio',
    phase: Phase.changing,
    interventions: [],
    plan: { ...summarizePlan(samplePlan(), digest), warnings: [] },
    stages: [
      {
        id: 'control-plane',
        title: 'Control plane',
        state: StageState.done,
        startedAt: moment - 90_000,
        finishedAt: moment - 60_000,
        note: '2 objects applied',
      },
      {
        id: 'restart',
        title: 'Restart workloads',
        state: StageState.verifying,
        startedAt: moment - 60_000,
        note: 'Deployment checkout/cart: 1 of 2 ready',
      },
      { id: 'prune', title: 'Remove what is gone', state: StageState.pending },
    ],
    ...overrides,
  };
}

/** A gate that waits for one approval of anybody but the author. */
export function sampleApproval(overrides: Partial<ApprovalStatus> = {}): ApprovalStatus {
  return {
    gate: Gate.change,
    title: 'before the change',
    run: '7d0f7f4c-0000-4000-8000-000000000000',
    subject: digest,
    approvers: [],
    quorum: 1,
    requiredGroups: [],
    openedAt: moment - 60_000,
    expiresAt: moment + 3_600_000,
    decisions: [],
    ...overrides,
  };
}

export function sampleDecision(overrides: Partial<TakenDecision> = {}): TakenDecision {
  return {
    decision: 'approve',
    person: 'Grace',
    account: { service: 'slack', id: 'U0000001' },
    from: '#mesh',
    gate: Gate.change,
    subject: digest,
    at: moment - 30_000,
    ...overrides,
  };
}

export function sampleStatus(overrides: Partial<RolloutStatus> = {}): RolloutStatus {
  return {
    rollout: 'rollout:checkout-mesh@0123456789ab',
    repository: 'patterns',
    pattern: 'checkout-mesh',
    path: 'patterns/checkout-mesh.yaml',
    commit,
    author: 'Ada',
    subject: 'Raise Istio to 1.31',
    phase: Phase.changing,
    mesh: { type: 'istio', version: '1.31.0' },
    targets: [sampleTarget()],
    decisions: [],
    purpose: 'apply',
    interventions: [],
    diagnostics: [],
    startedAt: moment - 120_000,
    ...overrides,
  };
}

export function sampleRecord(overrides: Partial<RolloutRecord> = {}): RolloutRecord {
  return {
    rollout: 'rollout:checkout-mesh@0123456789ab',
    runId: '7d0f7f4c-0000-4000-8000-000000000000',
    state: 'running',
    phase: Phase.changing,
    repository: 'patterns',
    pattern: 'checkout-mesh',
    clusters: ['local'],
    mesh: 'istio',
    commit,
    startedAt: moment - 120_000,
    ...overrides,
  };
}

export function sampleReport(overrides: Partial<RolloutReport> = {}): RolloutReport {
  return { record: sampleRecord(), status: sampleStatus(), notes: [], ...overrides };
}
