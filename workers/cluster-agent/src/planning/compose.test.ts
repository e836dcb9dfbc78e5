import type { InventoryMember } from '@meshwright/cluster';
import { type KubernetesObject, type PatternSnapshot, referenceOf } from '@meshwright/model';
import type { MeshStage } from '@meshwright/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { type Composition, composeMeshStage, composeStages, endOfTemporary } from './compose.ts';
import type { ScopeOf } from './scopes.ts';
import type { Part } from './stage.ts';

const clusterKinds = ['ClusterRole', 'Namespace', 'Webhook'];
const scopeOf: ScopeOf = (_version, kind) =>
  clusterKinds.includes(kind) ? 'cluster' : kind === 'Mystery' ? 'unknown' : 'namespaced';

function object(kind: string, name: string, namespace?: string): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

function snapshotWith(parts: Partial<PatternSnapshot>): PatternSnapshot {
  const change = { restartsAtOnce: 5 };
  const pattern = { metadata: { name: 'p' }, spec: { change } } as PatternSnapshot['pattern'];
  return { pattern, path: 'patterns/p.yaml', workloads: [], traffic: [], resources: [], ...parts };
}

function composition(parts: Partial<Composition>): Composition {
  return {
    snapshot: snapshotWith({}),
    prepare: [],
    switchOver: [],
    settle: [],
    enrollments: new Map(),
    restarts: [],
    members: [],
    scopeOf,
    ...parts,
  };
}

function compose(parts: Partial<Composition>) {
  return composeStages(composition(parts)).stages;
}

function member(kind: string, name: string, namespace?: string): InventoryMember {
  const header = object(kind, name, namespace);
  return { object: referenceOf(header), uid: name, deleting: false, header };
}

function meshStage(id: string, part: Part, objects: KubernetesObject[], stage: Partial<MeshStage> = {}) {
  const kind = objects.length > 0 ? 'apply' : 'verify';
  const owned = new Set(['/Webhook//old']);
  return composeMeshStage({ id, title: id, kind, timeoutSeconds: 60, ...stage }, { part, objects, owned });
}

const verify = meshStage('verify', 'change', []);
const crds = meshStage('crds', 'prepare', [object('Thing', 'a', 'n')]);
const tag = meshStage('tag', 'switch-over', [object('Webhook', 'tag')]);

describe('the order of stages', () => {
  it('puts the mesh first, then workloads, configuration, restarts, the mesh again, and pruning last', () => {
    const stages = compose({
      prepare: [crds],
      switchOver: [tag],
      settle: [verify],
      snapshot: snapshotWith({
        workloads: [{ namespace: 'checkout', enroll: true, objects: [object('Deployment', 'server')] }],
        resources: [object('VirtualService', 'server', 'checkout')],
      }),
      restarts: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'checkout', name: 'old' }],
      members: [member('ConfigMap', 'gone', 'checkout')],
    });
    expect(stages.map(({ id }) => id)).toEqual([
      'crds',
      'tag',
      'workloads',
      'configuration',
      'restart',
      'verify',
      'prune',
    ]);
  });

  it('leaves out stages without work, but never a verification', () => {
    expect(compose({ settle: [verify] }).map(({ id }) => id)).toEqual(['verify']);
  });
});

describe('what the pattern no longer holds', () => {
  it('is deleted, but for kinds whose deletion takes others along', () => {
    const { stages, gone, warnings } = composeStages(
      composition({
        prepare: [crds],
        members: [member('Thing', 'a', 'n'), member('ConfigMap', 'gone', 'n'), member('Namespace', 'n')],
      }),
    );
    expect(stages.find(({ id }) => id === 'prune')?.deletes.map(({ name }) => name)).toEqual(['gone']);
    expect(gone.map(({ name }) => name)).toEqual(['gone']);
    expect(warnings).toEqual([expect.stringContaining('Namespace n is no longer in the pattern')]);
  });

  it('is not deleted twice where a stage of the mesh makes room itself', () => {
    const deletes = [referenceOf(object('Webhook', 'old'))];
    const stages = compose({
      switchOver: [meshStage('tag', 'switch-over', [object('Webhook', 'tag')], { deletes })],
      members: [member('Webhook', 'old')],
    });
    expect(stages.map(({ id, deletes }) => [id, deletes.length])).toEqual([['tag', 1]]);
  });
});

it('deletes in a stage of the mesh only what the inventory holds', () => {
  const deletes = [object('Webhook', 'old'), object('Webhook', 'foreign')].map(referenceOf);
  const stage = meshStage('tag', 'switch-over', [object('Webhook', 'tag')], { deletes });
  expect(stage.deletes.map(({ name }) => name)).toEqual(['old']);
});

it('ends a temporary stage with one that deletes all it applied, which no prune does once more', () => {
  const checks = meshStage('checks', 'prepare', [object('Thing', 'a', 'n')], { temporary: true });
  const end = endOfTemporary(checks);
  expect(end).toMatchObject({ id: 'checks-end', kind: 'prune', part: 'prepare', temporary: true });
  expect(end.deletes).toEqual(checks.objects.map(referenceOf));
  const left = [member('Thing', 'a', 'n')];
  expect(compose({ prepare: [checks, end], members: left }).map(({ id }) => id)).toEqual([
    'checks',
    'checks-end',
  ]);
});

describe('the objects of workloads', () => {
  it('get the namespace of their workload unless they name one or have none', () => {
    const manifests = [
      object('Deployment', 'a'),
      object('Deployment', 'b', 'other'),
      object('ClusterRole', 'c'),
      object('Mystery', 'd'),
    ];
    const [stage] = compose({
      snapshot: snapshotWith({ workloads: [{ namespace: 'shop', enroll: false, objects: manifests }] }),
    });
    expect(stage?.objects.map(({ metadata }) => [metadata.name, metadata.namespace])).toEqual([
      ['shop', undefined],
      ['a', 'shop'],
      ['b', 'other'],
      ['c', undefined],
      ['d', 'shop'],
    ]);
  });

  it('carry the enrollment on their namespace, beside the labels the manifest gives it', () => {
    const namespace = {
      ...object('Namespace', 'shop'),
      metadata: { name: 'shop', labels: { team: 'shop' } },
    };
    const [stage] = compose({
      snapshot: snapshotWith({ workloads: [{ namespace: 'shop', enroll: true, objects: [namespace] }] }),
      enrollments: new Map([['shop', { labels: { inject: 'yes' }, annotations: {}, removeLabels: [] }]]),
    });
    expect(stage?.objects).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'shop', labels: { team: 'shop', inject: 'yes' } },
      },
    ]);
  });
});

describe('what is refused before anything is planned', () => {
  it('is an object that stands in two stages', () => {
    const twice = composition({
      prepare: [crds],
      snapshot: snapshotWith({ resources: [object('Thing', 'a', 'n')] }),
    });
    expect(() => composeStages(twice)).toThrow(
      /Thing n\/a stands twice: in stage "crds" and in stage "configuration"/,
    );
  });

  it('is a namespaced resource without a namespace', () => {
    const homeless = composition({ snapshot: snapshotWith({ resources: [object('Service', 'a')] }) });
    expect(() => composeStages(homeless)).toThrow(/Service a in stage "configuration" names no namespace/);
  });
});
