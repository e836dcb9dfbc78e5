import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@meshwright/model';
import { fakeContext } from '@meshwright/plugin-testkit';
import { verifyChange } from '../test-support/objects.ts';
import { verify } from './verify.ts';

interface Options {
  image?: string;
  strategy?: string;
}

function daemonSet(name: string, status: object, options: Options = {}): KubernetesObject {
  const { image = 'registry.istio.io/release/any:1.31.0-distroless', strategy = 'RollingUpdate' } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: 'istio-system', generation: 1 },
    spec: {
      updateStrategy: { type: strategy },
      template: { metadata: {}, spec: { containers: [{ name: 'agent', image }] } },
    },
    status: { observedGeneration: 1, ...status },
  };
}

function look(stage: string, objects: KubernetesObject[]) {
  return verify(stage, verifyChange(), fakeContext({ objects }));
}

describe.each([
  ['cni', 'istio-cni-node'],
  ['ztunnel', 'ztunnel'],
])('the node part %s', (stage, name) => {
  it.each<[string, object, string]>([
    [
      'healthy on every node',
      { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberReady: 2 },
      'healthy',
    ],
    ['healthy where no node wants it', {}, 'healthy'],
    [
      'waited for on one node',
      { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberReady: 1 },
      'waiting',
    ],
    [
      'waited for while old pods are ready',
      { desiredNumberScheduled: 2, updatedNumberScheduled: 1, numberReady: 2 },
      'waiting',
    ],
    ['waited for before it is seen', { observedGeneration: 0 }, 'waiting'],
  ])('is %s', async (_name, status, state) => {
    expect(await look(stage, [daemonSet(name, status)])).toMatchObject({ state });
  });

  it('is waited for when it is not there', async () => {
    expect(await look(stage, [])).toMatchObject({ state: 'waiting' });
  });

  it('is waited for in another version', async () => {
    const all = { desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberReady: 1 };
    const objects = [daemonSet(name, all, { image: 'registry.istio.io/release/any:1.30.0' })];
    expect(await look(stage, objects)).toEqual({
      state: 'waiting',
      for: [`DaemonSet istio-system/${name} is of version 1.30.0`],
    });
    expect(await look(stage, [daemonSet(name, all, { image: 'corp.test/any:nightly' })])).toMatchObject({
      state: 'healthy',
    });
  });

  it('that people replace node by node says what to do', async () => {
    const some = { desiredNumberScheduled: 3, updatedNumberScheduled: 1, numberReady: 3 };
    expect(await look(stage, [daemonSet(name, some, { strategy: 'OnDelete' })])).toEqual({
      state: 'waiting',
      for: [expect.stringContaining('is new on 1 of 3 nodes: drain the others one by one') as string],
    });
  });
});
