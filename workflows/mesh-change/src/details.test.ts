import { describe, expect, it } from 'vitest';
import { noChanges, type ChangeStatus, type PlanSummary } from '@meshwright/model';
import { changeDetails, planTable } from './details.ts';
import type { MeshChangeInput } from './input.ts';

const mesh = {
  type: 'istio',
  version: '1.31.0',
  mode: 'sidecar',
  revision: '1-31-0',
  enrolledNamespaces: [],
};
const stage = { kind: 'apply', timeoutSeconds: 60, counts: { ...noChanges }, restarts: 0 } as const;

const plan: PlanSummary = {
  digest: 'sha256:aa',
  cluster: 'local',
  purpose: 'apply',
  action: 'upgrade',
  mesh,
  meshBefore: { ...mesh, version: '1.30.0', revision: '1-30-0' },
  stages: [{ id: 'tag', title: 'Move the tag', requires: 'the new control plane is ready', ...stage }],
  rollback: [{ id: 'undo-tag', title: 'Move the tag back', undoes: ['tag'], ...stage }],
  counts: { ...noChanges },
  blastRadius: { namespaces: ['shop'], workloads: 3, pods: 7 },
  restarts: 3,
  drifted: 2,
  confirmations: ['51 objects | more than the budget'],
  warnings: [],
};

const input: MeshChangeInput = {
  rollout: 'rollout:shop@0123456789ab',
  repository: 'patterns',
  commit: '0123456789ab',
  pattern: 'shop',
  snapshot: 'sha256:bb',
  cluster: 'local',
  plan,
  planAgain: false,
  decisionRequired: false,
  onFailure: 'rollback',
  adopt: false,
  despiteHold: false,
};

const status: ChangeStatus = {
  cluster: 'local',
  mesh: 'istio',
  phase: 'changing',
  plan,
  stages: [{ id: 'tag', title: 'Move the tag', state: 'applying' }],
  interventions: [],
  waitingFor: 'stage "Move the tag" (applying)',
};

function details(more: Partial<ChangeStatus>): string {
  return changeDetails(input, { ...status, ...more }, 'default');
}

describe('a plan', () => {
  it('shows preconditions, whom it disturbs, drift, the way back, and what must be confirmed', () => {
    const shown = planTable(plan);
    expect(shown).toContain('| Move the tag | `nothing to do` | the new control plane is ready |');
    expect(shown).toContain('**Disturbs** `shop`: 3 workloads with 7 pods restart.');
    expect(shown).toContain('**Drift:** takes back what others have changed of 2 objects.');
    expect(shown).toContain('**The way back**, should a stage fail: Move the tag back.');
    expect(shown).toContain('**Must be confirmed:** 51 objects \\| more than the budget');
  });

  it('of an uninstall says that there is no way back, and what it only lets go of', () => {
    const counts = { ...noChanges, release: 2 };
    const letGo = { id: 'release', title: 'Let go', ...stage, counts };
    const shown = planTable({ ...plan, purpose: 'uninstall', stages: [letGo], rollback: [] });
    expect(shown).toContain('**No way back:** an uninstall that fails stops where it is');
    expect(shown).toContain('| Let go | `2 released` |  |');
  });

  it('that restarts nothing says so', () => {
    const blastRadius = { namespaces: ['shop'], workloads: 0, pods: 0 };
    expect(planTable({ ...plan, blastRadius })).toContain('**Disturbs** `shop`: no workload restarts.');
  });
});

describe('a change', () => {
  it('that is stopped says which commands a person can give now', () => {
    const forward = details({ phase: 'stopped', waitingFor: 'a person' });
    expect(forward).toContain('meshwright retry shop@0123456789ab');
    expect(forward).toContain('meshwright rollback shop@0123456789ab');
    expect(forward).toContain('meshwright cancel shop@0123456789ab');
    const back = details({
      phase: 'stopped',
      waitingFor: 'a person',
      rollback: [{ id: 'undo-tag', title: 'Move the tag back', state: 'failed' }],
    });
    expect(back).toContain('### The way back');
    expect(back).toContain('| Move the tag back | **failed** |');
    expect(back).not.toContain('meshwright rollback');
  });

  it('that is paused says who paused it and how to go on', () => {
    const reason = '[lunch](http://evil)';
    const shown = details({
      phase: 'paused',
      waitingFor: 'somebody to resume it: bob paused it',
      interventions: [{ command: 'pause', identity: 'bob', reason, at: 0 }],
    });
    expect(shown).toContain('meshwright resume shop@0123456789ab');
    expect(shown).toContain('- **pause** by bob, 1970-01-01 00:00:00 UTC: \\[lunch\\](http://evil)');
  });

  it('that goes back says so in words', () => {
    const back: PlanSummary = { ...plan, action: 'roll-back', mesh: plan.meshBefore!, meshBefore: mesh };
    expect(details({ plan: back })).toContain('**roll back istio 1.31.0 → 1.30.0 (sidecar)** on `local`');
  });

  it('gives no commands once it has ended', () => {
    expect(details({ phase: 'succeeded', waitingFor: 'a person' })).not.toContain('meshwright ');
  });
});
