import type { KubernetesObject, PatternSnapshot } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { type Composition, composeMeshStage, composeStages, type ScopeOf } from './compose.ts';

const clusterKinds = ['ClusterRole', 'Namespace'];
const scopeOf: ScopeOf = (_version, kind) =>
  clusterKinds.includes(kind) ? 'cluster' : kind === 'Mystery' ? 'unknown' : 'namespaced';

function object(kind: string, name: string, namespace?: string): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

function snapshotWith(parts: Partial<PatternSnapshot>): PatternSnapshot {
  const pattern = { metadata: { name: 'p' } } as PatternSnapshot['pattern'];
  return { pattern, path: 'patterns/p.yaml', workloads: [], traffic: [], resources: [], ...parts };
}

function composition(parts: Partial<Composition>): Composition {
  return {
    snapshot: snapshotWith({}),
    before: [],
    after: [],
    enrollments: new Map(),
    outdatedWorkloads: [],
    prunable: [],
    scopeOf,
    ...parts,
  };
}

const verify = composeMeshStage({ id: 'verify', title: 'Verify', kind: 'verify', timeoutSeconds: 60 }, []);
const crds = composeMeshStage({ id: 'crds', title: 'CRDs', kind: 'apply', timeoutSeconds: 60 }, [
  object('Thing', 'a', 'n'),
]);

describe('the order of stages', () => {
  it('puts the mesh first, then workloads, configuration, restarts, pruning, and the mesh again', () => {
    const stages = composeStages(
      composition({
        before: [crds],
        after: [verify],
        snapshot: snapshotWith({
          workloads: [{ namespace: 'checkout', enroll: true, objects: [object('Deployment', 'server')] }],
          resources: [object('VirtualService', 'server', 'checkout')],
        }),
        outdatedWorkloads: [
          { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'checkout', name: 'old' },
        ],
        prunable: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'checkout', name: 'gone' }],
      }),
    );
    expect(stages.map(({ id }) => id)).toEqual([
      'crds',
      'workloads',
      'configuration',
      'restart',
      'prune',
      'verify',
    ]);
  });

  it('leaves out stages without work, but never a verification', () => {
    expect(composeStages(composition({ after: [verify] })).map(({ id }) => id)).toEqual(['verify']);
  });
});

describe('the objects of workloads', () => {
  it('get the namespace of their workload unless they name one or have none', () => {
    const manifests = [
      object('Deployment', 'a'),
      object('Deployment', 'b', 'other'),
      object('ClusterRole', 'c'),
      object('Mystery', 'd'),
    ];
    const [stage] = composeStages(
      composition({
        snapshot: snapshotWith({ workloads: [{ namespace: 'shop', enroll: false, objects: manifests }] }),
      }),
    );
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
    const [stage] = composeStages(
      composition({
        snapshot: snapshotWith({ workloads: [{ namespace: 'shop', enroll: true, objects: [namespace] }] }),
        enrollments: new Map([['shop', { labels: { inject: 'yes' }, annotations: {}, removeLabels: [] }]]),
      }),
    );
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
      before: [crds],
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
