import { describe, expect, it } from 'vitest';
import { groupKindOf, servedKinds } from './discovery.ts';

function resource(kind: string, scope: string, more: object = {}): object {
  return {
    resource: `${kind.toLowerCase()}s`,
    responseKind: { kind },
    scope,
    verbs: ['get', 'list'],
    ...more,
  };
}

describe('servedKinds', () => {
  const served = servedKinds([
    { metadata: { name: '' }, versions: [{ version: 'v1', resources: [resource('Namespace', 'Cluster')] }] },
    {
      metadata: { name: 'autoscaling' },
      versions: [
        { version: 'v2', resources: [resource('Scaler', 'Namespaced')] },
        {
          version: 'v1',
          resources: [resource('Scaler', 'Namespaced'), { resource: 'x', responseKind: { kind: '' } }, {}],
        },
      ],
    },
    {},
  ]);

  it('tells how each version of a kind is served', () => {
    expect(served.byVersion.get('v1/Namespace')).toEqual({
      apiVersion: 'v1',
      group: '',
      version: 'v1',
      kind: 'Namespace',
      plural: 'namespaces',
      namespaced: false,
      verbs: ['get', 'list'],
    });
    expect([...served.byVersion.keys()]).toEqual([
      'v1/Namespace',
      'autoscaling/v2/Scaler',
      'autoscaling/v1/Scaler',
    ]);
  });

  it('gives the preferred version of a kind first', () => {
    expect(served.byGroupKind.get('Scaler.autoscaling')?.map(({ version }) => version)).toEqual(['v2', 'v1']);
  });
});

describe('groupKindOf', () => {
  it('writes kinds as the ApplySet convention does', () => {
    expect(groupKindOf({ apiVersion: 'v1', kind: 'ConfigMap' })).toBe('ConfigMap');
    expect(groupKindOf({ apiVersion: 'apps/v1', kind: 'Deployment' })).toBe('Deployment.apps');
  });
});
