import {
  Change,
  type ObjectChange,
  type PatternSnapshot,
  type Plan,
  type PlannedStage,
} from '@meshwright/model';
import type { Installation } from '@meshwright/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { recordAfter } from '../stages/conclude-change.ts';
import { refuseDisturbance } from './adopt.ts';
import { confirmDeletions, confirmEmptiness } from './confirmations.ts';
import { meshFound } from './mesh-state.ts';
import { countPods, reachOf, restartingWorkloads } from './reach.ts';
import { emptyStage, plannedStage, restartTimeoutSeconds } from './stage.ts';

function changeOf(kind: string, name: string, change: Change, path?: string): ObjectChange {
  const apiVersion = kind === 'Deployment' ? 'apps/v1' : 'v1';
  const fields = path === undefined ? [] : [{ path, before: 1, after: 2 }];
  return { object: { apiVersion, kind, namespace: 'shop', name }, change, fields };
}

function stageOf(changes: ObjectChange[], restarts: PlannedStage['restarts'] = []): PlannedStage {
  const stage = emptyStage({ id: 's', title: 's', kind: 'apply', timeoutSeconds: 1, restarts });
  return plannedStage(stage, changes);
}

const template = '/spec/template/spec/containers/0/image';

describe('the reach of a plan', () => {
  const stages = [
    stageOf([
      changeOf('Deployment', 'rolled', Change.update, template),
      changeOf('Deployment', 'scaled', Change.update, '/spec/replicas'),
      changeOf('Deployment', 'created', Change.create),
      {
        ...changeOf('ConfigMap', 'same', Change.unchanged),
        object: { apiVersion: 'v1', kind: 'ConfigMap', name: 'same', namespace: 'other' },
      },
    ]),
    stageOf([], [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'pay', name: 'restarted' }]),
  ];

  it('counts workloads that restart or whose pod template changes, and the namespaces of what changes', () => {
    expect(restartingWorkloads(stages).map(({ name }) => name)).toEqual(['rolled', 'restarted']);
    expect(reachOf(stages, 3)).toEqual({ namespaces: ['pay', 'shop'], workloads: 2, pods: 3 });
  });

  it('counts the pods of these workloads alone, with one list for each kind and namespace', async () => {
    const queries: unknown[] = [];
    const live = (name: string, status: object) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'shop' },
      status,
    });
    const cluster = {
      list: (query: unknown) => {
        queries.push(query);
        return Promise.resolve([
          live('rolled', { replicas: 3 }),
          live('restarted', {}),
          live('other', { replicas: 9 }),
        ]);
      },
    };
    expect(await countPods(restartingWorkloads(stages), cluster)).toBe(3);
    expect(queries).toHaveLength(2);
  });
});

describe('what a person has to confirm', () => {
  const deletes = stageOf(['a', 'b'].map((name) => changeOf('ConfigMap', name, Change.delete)));
  const empty = { workloads: [], traffic: [], resources: [] } as unknown as PatternSnapshot;
  const full = { ...empty, traffic: [{}] } as unknown as PatternSnapshot;
  const gone = deletes.changes.map(({ object }) => object);

  it('is more deletions than the budget, by number and name', () => {
    expect(confirmDeletions([deletes], 2)).toEqual([]);
    expect(confirmDeletions([deletes], 1)).toEqual([
      'It deletes 2 objects, and spec.change.deleteBudget is 1: ConfigMap shop/a, ConfigMap shop/b.',
    ]);
  });

  it('is not needed for what the plan itself creates before', () => {
    const creates = stageOf([changeOf('ConfigMap', 'a', Change.create)]);
    const end = stageOf([
      changeOf('ConfigMap', 'a', Change.delete),
      changeOf('ConfigMap', 'b', Change.delete),
    ]);
    expect(confirmDeletions([creates, end], 1)).toEqual([]);
  });

  it('is emptiness where something was before, or where that is not known', () => {
    expect(confirmEmptiness(gone, full)).toHaveLength(1);
    expect(confirmEmptiness(gone, undefined)).toHaveLength(1);
    expect(confirmEmptiness(gone, empty)).toEqual([]);
    expect(confirmEmptiness([], full)).toEqual([]);
  });
});

describe('adopting', () => {
  it('is refused for pod templates and webhooks, and for nothing else', () => {
    const webhook = (path: string): ObjectChange => ({
      object: {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        name: 'w',
      },
      change: Change.update,
      fields: [{ path, before: 'Ignore', after: 'Fail' }],
    });
    const harmless = [
      changeOf('Deployment', 'a', Change.update, '/metadata/labels/a'),
      changeOf('ConfigMap', 'a', Change.update, '/data/a'),
      webhook('/metadata/labels/a'),
    ];
    expect(() => refuseDisturbance(harmless)).not.toThrow();
    expect(() => refuseDisturbance([...harmless, webhook('/webhooks/0/failurePolicy')])).toThrow(
      expect.objectContaining({
        code: 'PREFLIGHT_FAILED',
        details: expect.objectContaining({
          lines: ['MutatingWebhookConfiguration w /webhooks/0/failurePolicy: "Ignore" -> "Fail"'],
        }) as unknown,
      }) as Error,
    );
    expect(() => refuseDisturbance([changeOf('Deployment', 'a', Change.update, template)])).toThrow(
      /1 field of/,
    );
  });
});

describe('the mesh that a change finds', () => {
  const installation = (revision: string, managedBy = 'meshwright'): Installation => ({
    version: '1.0.0',
    revision,
    mode: 'sidecar',
    namespace: 'm',
    managedBy,
    healthy: true,
    notes: [],
  });

  it('is, of two, the one that was there when the last change was kept', () => {
    const both = [installation('new'), installation('old')];
    expect(meshFound(both, { version: '1.0.0', revision: 'old' })?.revision).toBe('old');
    expect(meshFound(both, undefined)?.revision).toBe('new');
  });

  it('is our own rather than somebody else’s', () => {
    const both = [installation('theirs', 'helm'), installation('ours')];
    expect(meshFound(both, undefined)?.revision).toBe('ours');
    expect(meshFound([], undefined)).toBeUndefined();
  });
});

describe('the record of a change that ended', () => {
  const mesh = { type: 'small', version: '2.0.0', revision: '2', mode: 'sidecar', enrolledNamespaces: [] };
  const plan = { snapshot: 'sha256:s', mesh } as unknown as Plan;
  const input = { cluster: 'c', plan: 'sha256:p', rollout: 'r', commit: 'new', at: 5 } as const;
  const before = {
    plan: 'sha256:b',
    commit: 'old',
    snapshot: 'sha256:o',
    rollout: 'q',
    mesh: { type: 'small', version: '1.0.0', revision: '1' },
    outcome: 'kept',
    at: 1,
    held: [{ commit: 'new', reason: 'once', at: 2 }],
  } as const;

  it('is that of the change when it is kept, whose commit is held no longer', () => {
    const record = recordAfter({ ...input, outcome: 'kept' }, plan, { ...before, held: [...before.held] });
    expect(record).toMatchObject({ commit: 'new', mesh: { version: '2.0.0' }, outcome: 'kept', held: [] });
  });

  it('stays that of before when the change is taken back, with the commit held once', () => {
    const hold = { commit: 'new', reason: 'again' };
    const record = recordAfter({ ...input, outcome: 'rolled-back', hold }, plan, {
      ...before,
      held: [...before.held],
    });
    expect(record).toEqual({ ...before, held: [{ ...hold, at: 5 }] });
  });

  it('says of a first change that it was taken back', () => {
    const record = recordAfter({ ...input, outcome: 'rolled-back' }, plan, undefined);
    expect(record).toMatchObject({ commit: 'new', outcome: 'rolled-back' });
  });

  it('holds the commit that a rollback by hand takes back', () => {
    const hold = { commit: 'bad', reason: 'by hand' };
    const record = recordAfter({ ...input, outcome: 'kept', hold }, plan, undefined);
    expect(record).toMatchObject({ outcome: 'kept', held: [{ ...hold, at: 5 }] });
  });
});

it('gives restarts the time of as many batches as they take', () => {
  expect([0, 5, 6, 11].map((workloads) => restartTimeoutSeconds(workloads, 5))).toEqual([
    600, 600, 1200, 1800,
  ]);
});
