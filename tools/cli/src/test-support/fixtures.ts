import { type ChangeStatus, Phase, type RolloutStatus, StageState, summarizePlan } from '@meshwright/model';
import { createStyle, type View } from '../render/style.ts';
import type { RolloutRecord, RolloutReport } from '../rollouts/report.ts';
import { moment } from './host.ts';
import { commit, digest, samplePlan } from './plans.ts';

export const plainView: View = { style: createStyle(false), width: 100, now: moment };

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
