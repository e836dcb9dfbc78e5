import {
  type ChangeStatus,
  type KubernetesObject,
  Phase,
  type Plan,
  type RolloutStatus,
  StageState,
  summarizePlan,
} from '@meshwright/model';
import { createStyle, type View } from '../render/style.ts';
import type { RolloutRecord, RolloutReport } from '../rollouts/report.ts';
import { moment } from './host.ts';

export const digest = `sha256:${'a1'.repeat(32)}` as const;
export const commit = '0123456789abcdef0123456789abcdef01234567';

export const plainView: View = { style: createStyle(false), width: 100, now: moment };

export function object(kind: string, name: string, fields: Partial<KubernetesObject> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'istio-system' }, ...fields };
}

export function samplePlan(overrides: Partial<Plan> = {}): Plan {
  return {
    formatVersion: 1,
    cluster: 'local',
    pattern: 'checkout-mesh',
    repository: 'patterns',
    commit,
    snapshot: digest,
    mesh: { type: 'istio', version: '1.31.0', mode: 'sidecar' },
    action: 'upgrade',
    warnings: ['Istio 1.31 drops the API v1alpha3.'],
    stages: [
      {
        id: 'control-plane',
        title: 'Control plane',
        kind: 'apply',
        timeoutSeconds: 120,
        objects: [object('ConfigMap', 'istio', { data: { mesh: 'a: 1\n' } })],
        restarts: [],
        verifiedByMesh: true,
        changes: [
          {
            object: { apiVersion: 'v1', kind: 'Namespace', name: 'istio-system' },
            change: 'unchanged',
            fields: [],
          },
          {
            object: { apiVersion: 'v1', kind: 'ServiceAccount', name: 'istiod', namespace: 'istio-system' },
            change: 'create',
            fields: [],
            predicted: true,
          },
          {
            object: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'istiod', namespace: 'istio-system' },
            change: 'update',
            fields: [
              { path: '/spec/replicas', before: 1, after: 2 },
              { path: '/metadata/labels/tier', after: 'gold' },
              { path: '/spec/paused', before: true },
            ],
          },
        ],
      },
      {
        id: 'workloads',
        title: 'Restart workloads',
        kind: 'restart',
        timeoutSeconds: 300,
        objects: [],
        restarts: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart', namespace: 'checkout' }],
        changes: [],
        verifiedByMesh: false,
      },
      {
        id: 'prune',
        title: 'Remove what is gone',
        kind: 'prune',
        timeoutSeconds: 60,
        objects: [],
        restarts: [],
        verifiedByMesh: true,
        changes: [
          {
            object: { apiVersion: 'v1', kind: 'Service', name: 'old', namespace: 'checkout' },
            change: 'delete',
            fields: [],
          },
        ],
      },
    ],
    ...overrides,
  };
}

export function sampleTarget(overrides: Partial<ChangeStatus> = {}): ChangeStatus {
  return {
    cluster: 'local',
    mesh: 'istio',
    phase: Phase.changing,
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
        id: 'workloads',
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
