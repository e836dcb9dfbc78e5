import { type ChangeStatus, Phase, StageState } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import {
  moment,
  sampleApproval,
  sampleDecision,
  sampleRecord,
  sampleReport,
  sampleStatus,
  sampleTarget,
} from '@meshwright/rollouts/test-support/samples';
import { plainView } from '../test-support/fixtures.ts';
import { renderRollout } from './rollout.ts';
import { renderRollouts } from './rollouts.ts';
import { widthOf } from '@meshwright/wording';

const approval = sampleApproval({
  approvers: ['group:mesh-owners'],
  quorum: 2,
  decisions: [sampleDecision({ person: 'grace@example.org' })],
});

describe('a rollout', () => {
  it('shows a running change with its stages', () => {
    expect(renderRollout(sampleReport(), plainView).join('\n')).toMatchInlineSnapshot(`
      "rollout:checkout-mesh@0123456789ab  changing
        pattern  checkout-mesh, patterns/checkout-mesh.yaml in repository patterns
        commit   0123456789ab "Raise Istio to 1.31" by Ada
        mesh     istio 1.31.0
        started  2026-11-21 11:58:00 UTC, 2m ago

      local  changing
        upgrade istio 1.30.2 → 1.31.0 (sidecar): 1 to create, 1 to update, 1 to delete
        ✓ Control plane  30s  2 objects applied
        ▸ Restart workloads  verifying  1m  Deployment checkout/cart: 1 of 2 ready
        · Remove what is gone

      \`meshwright why checkout-mesh@0123456789ab\` tells what it waits for."
    `);
  });

  it('shows what is to be approved, by whom and how', () => {
    const status = sampleStatus({
      phase: Phase.awaitingApproval,
      approval: { ...approval, may: ['grace', 'linus'], requiredGroups: ['security'] },
      decisions: approval.decisions,
      waitingFor: '1 more approval',
      targets: [sampleTarget({ phase: Phase.awaitingApproval, stages: [] })],
    });
    expect(renderRollout(sampleReport({ status }), plainView).join('\n')).toMatchInlineSnapshot(`
      "rollout:checkout-mesh@0123456789ab  awaiting-approval
        pattern    checkout-mesh, patterns/checkout-mesh.yaml in repository patterns
        commit     0123456789ab "Raise Istio to 1.31" by Ada
        mesh       istio 1.31.0
        started    2026-11-21 11:58:00 UTC, 2m ago
        waits for  1 more approval

      local  awaiting-approval
        upgrade istio 1.30.2 → 1.31.0 (sidecar): 1 to create, 1 to update, 1 to delete
        2 workloads with 5 pods restart; drift of 1 object is taken back; way back in 2 stages
        · Control plane
        · Restart workloads
        · Remove what is gone

      approval  before the change
        approved   1 of 2, from group:mesh-owners, one of each of security
        these may  grace, linus
        expires    2026-11-21 13:00:00 UTC, in 1h
        subject    sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1
        meshwright approve checkout-mesh@0123456789ab --subject sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1

      decided
        approved by grace@example.org (slack U0000001), 30s ago from #mesh, at gate change on
        sha256:a1a1a1a1a1a1"
    `);
  });

  it('shows where a failed change stopped, why, and what exists now', () => {
    const target = sampleTarget({
      phase: Phase.failed,
      failure: {
        code: 'NOT_READY',
        message: 'Deployment checkout/cart did not become ready within 300 seconds.',
        remedy: 'Look at its pods: kubectl -n checkout get pods.',
        stage: 'workloads',
        lines: ['pod cart-1: ImagePullBackOff'],
      },
      owned: { total: 12, sample: [], removal: 'Delete them with: kubectl delete …' },
    });
    const status = sampleStatus({ phase: Phase.failed, targets: [target] });
    const record = sampleRecord({ state: 'failed', finishedAt: moment - 10_000 });
    expect(renderRollout({ record, status, notes: [] }, plainView).join('\n')).toMatchInlineSnapshot(`
      "rollout:checkout-mesh@0123456789ab  failed
        pattern   checkout-mesh, patterns/checkout-mesh.yaml in repository patterns
        commit    0123456789ab "Raise Istio to 1.31" by Ada
        mesh      istio 1.31.0
        started   2026-11-21 11:58:00 UTC, 2m ago
        finished  2026-11-21 11:59:50 UTC, took 1m 50s

      local  failed
        upgrade istio 1.30.2 → 1.31.0 (sidecar): 1 to create, 1 to update, 1 to delete
        ✓ Control plane  30s  2 objects applied
        ▸ Restart workloads  verifying  1m  Deployment checkout/cart: 1 of 2 ready
        · Remove what is gone
        failed: Deployment checkout/cart did not become ready within 300 seconds. [NOT_READY], at stage
        workloads
          pod cart-1: ImagePullBackOff
        remedy: Look at its pods: kubectl -n checkout get pods.
        on local now: 12 objects of this pattern. Delete them with: kubectl delete …"
    `);
  });

  it('shows a stopped change with the commands to go on, and who asked for what', () => {
    const failure = { code: 'NOT_READY', message: 'istiod is not ready: 0 of 1.', stage: 'control-plane' };
    const target = sampleTarget({
      phase: Phase.stopped,
      stages: [{ id: 'control-plane', title: 'Control plane', state: StageState.failed }],
      failure,
      owned: { total: 12, sample: [], removal: 'Delete them with: kubectl delete …' },
    });
    const interventions = [
      { command: 'retry' as const, identity: 'bob', at: moment - 60_000, reason: 'again' },
    ];
    const status = sampleStatus({ phase: Phase.stopped, targets: [target], interventions });
    expect(renderRollout(sampleReport({ status }), plainView).slice(6).join('\n')).toMatchInlineSnapshot(`
      "local  stopped
        upgrade istio 1.30.2 → 1.31.0 (sidecar): 1 to create, 1 to update, 1 to delete
        ✗ Control plane
        failed: istiod is not ready: 0 of 1. [NOT_READY], at stage control-plane
        on local now: 12 objects of this pattern. Delete them with: kubectl delete …

      asked meanwhile
        retry by bob, 1m ago: again

      to go on:
        meshwright retry checkout-mesh@0123456789ab     # try the failed stage again
        meshwright rollback checkout-mesh@0123456789ab  # take back what was done
        meshwright cancel checkout-mesh@0123456789ab    # end it as it is now"
    `);
  });

  it('says what must be confirmed until it begins, and then that it was', () => {
    const plan = { ...sampleTarget().plan!, confirmations: ['It takes the mesh away.'] };
    const shown = (target: Partial<ChangeStatus>): string =>
      renderRollout(
        sampleReport({ status: sampleStatus({ targets: [sampleTarget({ plan, ...target })] }) }),
        plainView,
      ).join('\n');
    expect(shown({ phase: Phase.awaitingApproval, stages: [] })).toContain('must be confirmed: It takes');
    expect(shown({ phase: Phase.succeeded })).toMatch(/^ {2}confirmed: It takes the mesh away\.$/m);
  });

  it('shows the way back, what is held and the revert that is offered, and says what failed once', () => {
    const failure = { code: 'NOT_READY', message: 'istiod is not ready: 0 of 1.', stage: 'control-plane' };
    const target = sampleTarget({
      phase: Phase.rolledBack,
      stages: [{ id: 'control-plane', title: 'Control plane', state: StageState.failed }],
      rollback: [
        {
          id: 'undo-control-plane',
          title: 'Take back: Control plane',
          state: StageState.done,
          startedAt: moment - 60_000,
          finishedAt: moment - 50_000,
          note: '3 objects deleted',
        },
      ],
      failure,
    });
    const status = sampleStatus({
      phase: Phase.rolledBack,
      targets: [target],
      failure: { ...failure, message: `istio on local could not be changed (wave 1): ${failure.message}` },
      hold: {
        commit: sampleStatus().commit,
        reason: `local: ${failure.message}`,
        revert: 'meshwright/revert-0123456789ab',
      },
      request: { kind: 'retry', identity: 'bob', reason: 'the image is there now' },
    });
    const record = sampleRecord({ state: 'failed', finishedAt: moment });
    expect(renderRollout({ record, status, notes: [] }, plainView).slice(3).join('\n'))
      .toMatchInlineSnapshot(`
        "  asked for  retry by bob: the image is there now
          mesh       istio 1.31.0
          started    2026-11-21 11:58:00 UTC, 2m ago
          finished   2026-11-21 12:00:00 UTC, took 2m

        local  rolled-back
          upgrade istio 1.30.2 → 1.31.0 (sidecar): 1 to create, 1 to update, 1 to delete
          ✗ Control plane
          way back
          ✓ Take back: Control plane  10s  3 objects deleted
          failed: istiod is not ready: 0 of 1. [NOT_READY], at stage control-plane

        held  commit 0123456789ab is not tried again by itself
          because: local: istiod is not ready: 0 of 1.
          revert offered: merge the branch meshwright/revert-0123456789ab
          to try it again: meshwright retry checkout-mesh@0123456789ab"
      `);
  });

  it('shows what search attributes say when no worker answers, and says so', () => {
    const report = { record: sampleRecord(), notes: ['No worker answered for this rollout.'] };
    expect(renderRollout(report, plainView).join('\n')).toMatchInlineSnapshot(`
      "rollout:checkout-mesh@0123456789ab  changing
        pattern  checkout-mesh in repository patterns
        commit   0123456789ab
        mesh     istio
        targets  local
        started  2026-11-21 11:58:00 UTC, 2m ago
        note: No worker answered for this rollout.

      \`meshwright why checkout-mesh@0123456789ab\` tells what it waits for."
    `);
  });

  it('escapes the commit and keeps to the screen', () => {
    const status = sampleStatus({ subject: `\u001b[2J${'x'.repeat(200)}`, author: '\u202eevil' });
    const lines = renderRollout(sampleReport({ status }), plainView);
    expect(lines.join('\n')).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(100);
  });
});

describe('a list of rollouts', () => {
  it('is a table with the phase that is true of the execution', () => {
    const records = [
      sampleRecord(),
      sampleRecord({ state: 'terminated', finishedAt: moment - 60_000 }),
      sampleRecord({ state: 'completed', phase: Phase.succeeded, finishedAt: moment - 60_000 }),
    ];
    expect(renderRollouts(records, plainView).join('\n')).toMatchInlineSnapshot(`
      "PATTERN        COMMIT        PHASE      MESH   STARTED  TOOK
      checkout-mesh  0123456789ab  changing   istio  2m ago   …
      checkout-mesh  0123456789ab  cancelled  istio  2m ago   1m
      checkout-mesh  0123456789ab  succeeded  istio  2m ago   1m"
    `);
  });
});
