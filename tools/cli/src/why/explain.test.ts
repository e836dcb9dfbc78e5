import { Phase, StageState } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import {
  moment,
  sampleApproval,
  sampleRecord,
  sampleReport,
  sampleStatus,
  sampleTarget,
} from '@meshwright/rollouts/test-support/samples';
import { renderFindings } from '../render/findings.ts';
import { plainView } from '../test-support/fixtures.ts';
import { explain, type Observation } from '@meshwright/rollouts';

function observation(overrides: Partial<Observation> = {}): Observation {
  return { report: sampleReport(), executions: [], queues: [], locks: [], now: moment, ...overrides };
}

function told(overrides: Partial<Observation>): string {
  return renderFindings(explain(observation(overrides)), plainView).join('\n');
}

describe('why a rollout does not move', () => {
  it('names the activity that keeps failing, with its last failure, attempt and remedy', () => {
    const pending = {
      name: 'planChange',
      queue: 'cluster:local',
      state: 'scheduled' as const,
      attempt: 4,
      nextAttemptAt: moment + 8_000,
      lastFailure: {
        code: 'CLUSTER_UNREACHABLE',
        message: 'The cluster "local" cannot be reached: the connection was refused.',
        remedy: 'Check that the API server runs.',
        where: 'cluster local',
      },
    };
    const executions = [{ workflowId: 'rollout:checkout-mesh@0123456789ab', pending: [pending] }];
    expect(told({ executions })).toMatchInlineSnapshot(`
      "! planChange on cluster:local keeps failing: The cluster "local" cannot be reached: the connection
        was refused. [CLUSTER_UNREACHABLE]
          attempt 4, next in 8s, for rollout:checkout-mesh@0123456789ab
          where: cluster local
          remedy: Check that the API server runs."
    `);
  });

  it('names the task queue that no worker polls before anything else', () => {
    const queues = [
      { queue: 'orchestrator', kind: 'workflow' as const, pollers: [{ identity: 'a', lastSeenAt: moment }] },
      { queue: 'cluster:local', kind: 'activity' as const, pollers: [] },
    ];
    expect(told({ queues })).toMatchInlineSnapshot(`
      "! No worker polls the task queue cluster:local: its activity tasks wait.
          remedy: Start a cluster agent for local, or \`npm start\`, which runs every worker."
    `);
  });

  it('names the missing approval, who may give it, and how', () => {
    const approval = sampleApproval({
      approvers: ['group:mesh-owners', 'user:ada'],
      expiresAt: moment + 7_200_000,
    });
    const status = sampleStatus({ phase: Phase.awaitingApproval, approval });
    expect(told({ report: sampleReport({ status }) })).toMatchInlineSnapshot(`
      "! Approval is missing before the change: 0 of 1 approval given; may approve: group:mesh-owners,
        user:ada.
          approved: 0 of 1, from group:mesh-owners, user:ada
          expires: 2026-11-21 14:00:00 UTC, in 2h
          subject: sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1
          plan for local: sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1
          remedy: Read the plan and decide: meshwright approve checkout-mesh@0123456789ab"
    `);
  });

  it('names the stage that a change has stopped at, why, and what exists there', () => {
    const target = sampleTarget({
      phase: Phase.stopped,
      stages: [{ id: 'control-plane', title: 'Control plane', state: StageState.failed }],
      failure: {
        code: 'NOT_READY',
        message: 'istiod is not ready: 0 of 1.',
        lines: ['pod istiod-1: Pending'],
      },
      owned: { total: 12, sample: [], removal: '' },
    });
    const status = sampleStatus({ phase: Phase.stopped, targets: [target] });
    expect(told({ report: sampleReport({ status }) })).toMatchInlineSnapshot(`
      "! local has stopped at the stage "Control plane" and keeps its lock until somebody decides: istiod
        is not ready: 0 of 1. [NOT_READY]
          pod istiod-1: Pending
          on local now: 12 objects of this pattern
          remedy: Mend the cause and retry the stage, or take the change back."
    `);
    const back = { ...target, rollback: [{ id: 'undo', title: 'Take back', state: StageState.failed }] };
    const stuck = sampleStatus({ phase: Phase.stopped, targets: [back] });
    expect(told({ report: sampleReport({ status: stuck }) })).toContain(
      'local has stopped at the stage "Take back" of the way back',
    );
  });

  it('names who paused it, since when and why', () => {
    const interventions = [
      { command: 'pause' as const, identity: 'bob', at: moment - 120_000, reason: 'sale until noon' },
    ];
    const target = sampleTarget({ phase: Phase.paused, interventions });
    const status = sampleStatus({ phase: Phase.paused, targets: [target] });
    expect(told({ report: sampleReport({ status }) })).toMatchInlineSnapshot(`
      "! local is paused by bob, 2m ago; the next stage waits.
          because: sale until noon
          remedy: Resume it."
    `);
  });

  it('tells of a held commit why, and what was offered to revert it', () => {
    const hold = {
      commit: sampleStatus().commit,
      reason: 'local: istiod is not ready.',
      revert: 'meshwright/revert-0123456789ab',
    };
    const failure = { code: 'NOT_READY', message: 'istiod is not ready.' };
    const report = {
      record: sampleRecord({ state: 'failed' }),
      status: sampleStatus({ phase: Phase.rolledBack, hold, failure }),
      notes: [],
    };
    expect(told({ report })).toMatchInlineSnapshot(`
      "· It ended: rolled-back. istiod is not ready. [NOT_READY]
          held: commit 0123456789ab is not tried again by itself, because: local: istiod is not ready.
          a revert is offered: merge the branch meshwright/revert-0123456789ab"
    `);
  });

  it('sends whoever waits for a change that has stopped to that change', () => {
    const lock = { cluster: 'local', mesh: 'istio', heldBy: 'rollout:other@aaaaaaaaaaaa', since: moment };
    expect(told({ locks: [{ ...lock, phase: Phase.stopped }] })).toContain(
      'Somebody has to say how that one goes on: meshwright why other@aaaaaaaaaaaa',
    );
    expect(told({ locks: [{ ...lock, phase: Phase.changing }] })).toContain(
      'Wait for it: meshwright watch other@aaaaaaaaaaaa',
    );
  });

  it('names the rollout that holds the mesh', () => {
    const heldBy = 'rollout:other@aaaaaaaaaaaa';
    const locks = [{ cluster: 'local', mesh: 'istio', heldBy, since: moment - 60_000 }];
    expect(told({ locks })).toMatchInlineSnapshot(`
      "! rollout:other@aaaaaaaaaaaa is changing istio on local, for 1m; one change at a time.
          remedy: Wait for it: meshwright watch other@aaaaaaaaaaaa"
    `);
  });

  it('names a worker that fails at the workflow itself', () => {
    const executions = [{ workflowId: 'change:local/istio', pending: [], workflowTaskAttempt: 5 }];
    expect(told({ executions })).toContain('The orchestrator fails at change:local/istio: attempt 5');
  });

  it('says what is being done when nothing blocks it', () => {
    const pending = { name: 'applyStage', state: 'started' as const, attempt: 1, startedAt: moment - 5_000 };
    const executions = [{ workflowId: 'change:local/istio', pending: [pending] }];
    expect(told({ executions })).toBe('▸ applyStage runs, for 5s.\n    for change:local/istio');
  });

  it('says what an activity waits for', () => {
    const waitingFor = ['The cluster "local" cannot be reached: the connection was refused.'];
    const pending = { name: 'verifyStage', state: 'started' as const, attempt: 1, waitingFor };
    const executions = [{ workflowId: 'change:local/istio', pending: [pending] }];
    expect(told({ executions })).toContain('waits for The cluster "local" cannot be reached');
  });

  it('tells the end of a failed one, with its remedy', () => {
    const failure = {
      code: 'FIELD_CONFLICT',
      message: 'helm owns a field.',
      remedy: 'Let go of it.',
      stage: 'crds',
    };
    const report = {
      record: sampleRecord({ state: 'failed' }),
      status: sampleStatus({ phase: Phase.failed, failure }),
      notes: [],
    };
    expect(told({ report })).toMatchInlineSnapshot(`
      "· It ended: failed. helm owns a field. [FIELD_CONFLICT]
          stage: crds
          remedy: Let go of it."
    `);
  });

  it('says that nothing blocks one that succeeded', () => {
    const report = sampleReport({
      record: sampleRecord({ state: 'completed' }),
      status: sampleStatus({ phase: Phase.succeeded }),
    });
    expect(told({ report })).toBe('· It succeeded: nothing blocks it.');
  });

  it('always says something', () => {
    expect(told({ report: { record: sampleRecord(), notes: [] } })).toBe(
      '▸ Nothing blocks it: it is changing.',
    );
  });
});
