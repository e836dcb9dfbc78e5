import { type KubernetesObject } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { fieldChanges } from './diff.ts';
import { withDrift } from './drift.ts';

type Entry = [manager: string, fields: object, more?: object];

function deployment(spec: object, ...entries: Entry[]): KubernetesObject {
  const managedFields = entries.map(([manager, fields, more]) => ({
    manager,
    operation: 'Update',
    time: '2026-01-01T00:00:00Z',
    fieldsV1: { 'f:spec': fields },
    ...more,
  }));
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'ns', managedFields },
    spec,
  };
}

const ours = { operation: 'Apply' };
const later = { time: '2026-02-01T00:00:00Z' };

/** What drifted, by path. */
function drift(before: KubernetesObject, after: KubernetesObject): [string, string[] | undefined][] {
  return withDrift(fieldChanges(before, after), before, after).map(({ path, driftedBy }) => [
    path,
    driftedBy,
  ]);
}

describe('withDrift', () => {
  it('names the manager that has the field now', () => {
    const before = deployment(
      { replicas: 5 },
      ['meshwright', { 'f:paused': {} }, ours],
      ['hpa', { 'f:replicas': {} }],
    );
    const after = deployment({ replicas: 2 }, ['meshwright', { 'f:paused': {}, 'f:replicas': {} }, ours]);
    expect(drift(before, after)).toEqual([['/spec/replicas', ['hpa']]]);
  });

  it('finds the field in a list by its keys, wherever it stands', () => {
    const containers = (image: string) => ({
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image },
      ],
    });
    const key = { 'f:containers': { 'k:{"name":"b"}': { 'f:image': {} } } };
    const live = deployment(
      {
        containers: [
          { name: 'b', image: '9' },
          { name: 'a', image: '1' },
        ],
      },
      ['meshwright', { 'f:containers': { 'k:{"name":"a"}': { 'f:image': {} } } }, ours],
      ['kubectl-edit', key],
    );
    expect(drift(live, deployment(containers('2'), ['meshwright', key, ours]))).toEqual([
      ['/spec/containers/1/image', ['kubectl-edit']],
    ]);
  });

  it('names who owns the list as a whole when an element of it changed', () => {
    const before = deployment(
      { args: ['a', 'x'] },
      ['meshwright', { 'f:paused': {} }, ours],
      ['somebody', { 'f:args': {} }],
    );
    const after = deployment({ args: ['a', 'b'] }, ['meshwright', { 'f:paused': {}, 'f:args': {} }, ours]);
    expect(drift(before, after)).toEqual([['/spec/args/1', ['somebody']]]);
  });

  it('names who wrote since when the field was taken away, and says unknown when nobody did', () => {
    const after = deployment({ replicas: 2 }, ['meshwright', { 'f:replicas': {} }, ours]);
    const others: Entry[] = [
      ['older', { 'f:strategy': {} }],
      ['kubelet', { 'f:status': {} }, { ...later, subresource: 'status' }],
    ];
    const had: Entry = ['meshwright', { 'f:paused': {} }, ours];
    const taken = deployment({}, had, ...others, ['kubectl-edit', { 'f:strategy': {} }, later]);
    expect(drift(taken, after)).toEqual([['/spec/replicas', ['kubectl-edit']]]);
    expect(drift(deployment({}, had, ...others), after)).toEqual([['/spec/replicas', ['unknown']]]);
  });

  it('calls nothing drift that the server or a webhook fills in', () => {
    const fields = { 'f:paused': {} };
    const before = deployment({ replicas: 1, paused: true }, ['meshwright', fields, ours]);
    const after = deployment({ replicas: 2, paused: true }, ['meshwright', fields, ours]);
    expect(drift(before, after)).toEqual([['/spec/replicas', undefined]]);
  });

  it('calls nothing drift that our own request changed, as webhooks in it do', () => {
    const before = deployment(
      { replicas: 1 },
      ['meshwright', { 'f:paused': {} }, ours],
      ['meshwright', { 'f:replicas': {} }],
    );
    const after = deployment({ replicas: 2 }, ['meshwright', { 'f:paused': {}, 'f:replicas': {} }, ours]);
    expect(drift(before, after)).toEqual([['/spec/replicas', undefined]]);
  });

  it('calls nothing drift that we have had all along', () => {
    const entry: Entry = ['meshwright', { 'f:replicas': {} }, ours];
    expect(drift(deployment({ replicas: 1 }, entry), deployment({ replicas: 2 }, entry))).toEqual([
      ['/spec/replicas', undefined],
    ]);
  });
});
