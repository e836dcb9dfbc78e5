import type { LiveObject } from '../reader/cluster.ts';
import type { Observation } from '../reader/observation.ts';
import type { HistoryEvent, Run } from '../reader/temporal.ts';
import type { SeenWrite } from '../proxy/fault-proxy.ts';

export const samplePlan = `sha256:${'a'.repeat(64)}`;
export const sampleRollout = 'rollout:chaos@0123456789ab';
export const sampleCanary = 'canary0123456789abcdef0123456789abcdef';
const inventory = 'applyset-sample-v1';

/** An object that an inventory holds and Meshwright applied. */
export function sampleMember(changes: Partial<LiveObject> = {}): LiveObject {
  return {
    kind: 'ConfigMap',
    group: '',
    namespace: 'chaos',
    name: 'settings-1',
    labels: { 'applyset.kubernetes.io/part-of': inventory },
    annotations: {},
    hasOwners: false,
    deleting: false,
    appliers: ['meshwright'],
    ...changes,
  };
}

/** The parent of the inventory. */
export function sampleParent(kinds = 'ConfigMap'): LiveObject {
  return sampleMember({
    namespace: 'meshwright-system',
    name: 'chaos',
    labels: { 'applyset.kubernetes.io/id': inventory },
    annotations: {
      'applyset.kubernetes.io/contains-group-kinds': kinds,
      'applyset.kubernetes.io/additional-namespaces': 'chaos',
    },
    appliers: [],
  });
}

export function sampleEvent(changes: Partial<HistoryEvent>): HistoryEvent {
  return { at: 1_000, isClosing: false, payloads: [], ...changes };
}

/** A change that applied one stage, planned and approved. */
export function sampleChange(changes: Partial<Run> = {}): Run {
  const input = { plan: samplePlan, stage: 'workloads', cluster: 'local', at: 1 };
  return {
    workflow: 'change:local/istio',
    type: 'meshChange',
    runId: 'change-1',
    startedAt: 1_500,
    closedAt: 3_000,
    phase: 'succeeded',
    text: 'change',
    events: [
      sampleEvent({ at: 1_500, payloads: [{ decisionRequired: true, plan: {} }] }),
      sampleEvent({ at: 2_000, activity: 'applyStage', payloads: [input] }),
    ],
    ...changes,
  };
}

/** A rollout that planned, was approved, and ended. */
export function sampleRun(changes: Partial<Run> = {}, status: object = {}): Run {
  const summary = { digest: samplePlan, stages: [], rollback: [] };
  const ended = {
    rollout: sampleRollout,
    phase: 'succeeded',
    targets: [{ stages: [{ startedAt: 1 }] }],
    ...status,
  };
  return {
    workflow: sampleRollout,
    type: 'patternRollout',
    runId: 'rollout-1',
    startedAt: 1_000,
    closedAt: 3_100,
    phase: 'succeeded',
    text: 'rollout',
    events: [
      sampleEvent({ at: 1_100, payloads: [summary] }),
      sampleEvent({ at: 1_400, update: 'decide', payloads: [{ subject: samplePlan, decision: 'approve' }] }),
      sampleEvent({ at: 3_100, isClosing: true, payloads: [ended] }),
    ],
    ...changes,
  };
}

export function sampleWrite(changes: Partial<SeenWrite> = {}): SeenWrite {
  return {
    method: 'PATCH',
    url: '/',
    resource: 'configmaps',
    namespace: 'chaos',
    name: 'settings-1',
    fieldManager: 'meshwright',
    dryRun: false,
    watch: false,
    isApply: true,
    at: 2_100,
    status: 200,
    kind: 'ConfigMap',
    ...changes,
  };
}

/** What is seen after an operation at which nothing is wrong. */
export function sampleObservation(changes: Partial<Observation> = {}): Observation {
  const objects = [{ kind: 'ConfigMap', metadata: { name: 'settings-1' } }];
  const stage = { id: 'workloads', objects, deletes: [], leftovers: [] };
  return {
    since: 900,
    rollouts: [sampleRollout],
    live: [sampleParent(), sampleMember()],
    state: ['ConfigMap settings-1 of colour 3'],
    before: ['ConfigMap settings-1 of colour 1'],
    after: ['ConfigMap settings-1 of colour 3'],
    runs: [sampleRun(), sampleChange()],
    writes: [sampleWrite()],
    plans: new Map([[samplePlan, { confirmations: [], stages: [stage], rollback: [] }]]),
    texts: [{ place: 'the log', text: 'nothing of interest' }],
    secrets: [{ place: 'Git password', value: sampleCanary }],
    ...changes,
  };
}
