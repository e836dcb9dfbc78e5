import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@meshwright/model';
import { fakeContext } from '@meshwright/plugin-testkit';
import { custom, daemonSet, deployment, pod, settings } from '../test-support/objects.ts';
import { verify } from './verify.ts';

const mesh = {
  type: 'cilium',
  version: '1.20.2',
  mode: 'node',
  revision: 'default',
  enrolledNamespaces: ['shop'],
};

function verified(stage: string, objects: KubernetesObject[], missingKinds: string[] = []) {
  return verify(stage, { mesh }, fakeContext({ objects, missingKinds }));
}

function waiting(line: RegExp) {
  return { state: 'waiting', for: [expect.stringMatching(line) as string] };
}

const envoy = (ready = 2) =>
  daemonSet('cilium-envoy', { ready, image: 'quay.io/cilium/cilium-envoy:v1.37.6-1@sha256:0' });
const release = [daemonSet('cilium'), envoy(), deployment('cilium-operator')];
const onNodes = ['one', 'two'].flatMap((node) => [
  pod(`cilium-${node}`, { namespace: 'kube-system', node, labels: { 'k8s-app': 'cilium' } }),
  custom('CiliumNode', node),
]);
const managed = [
  pod('server', { owner: 'server' }),
  custom('CiliumEndpoint', 'server', { metadata: { name: 'server', namespace: 'shop' } }),
];
const all = [...release, ...onNodes, ...managed];

describe('the whole', () => {
  it('is healthy with agents on every node, an operator, its kinds, its nodes and its pods', async () => {
    expect(await verified('verify', all)).toEqual({
      state: 'healthy',
      note: 'agents and operator are ready; the kinds of Cilium are served; 2 nodes are announced',
    });
  });

  it.each<[string, KubernetesObject[], RegExp]>([
    ['agents', [], /DaemonSet kube-system\/cilium is not there/],
    ['agents on every node', [daemonSet('cilium', { ready: 1 })], /cilium is ready on 1 of 2 nodes/],
    ['agents in its version', [daemonSet('cilium', { version: '1.19.7' })], /is of version 1\.19\.7/],
  ])('waits for %s', async (_what, agents, line) => {
    expect(await verified('verify', [...agents, ...release.slice(1)])).toEqual(waiting(line));
  });

  it('waits for proxies and the operator, and for Hubble where it is there', async () => {
    const [agents, , operator] = release as [KubernetesObject, KubernetesObject, KubernetesObject];
    expect(await verified('release', [agents, envoy(0), operator])).toEqual(
      waiting(/cilium-envoy is ready on 0/),
    );
    expect(await verified('release', [agents, operator])).toMatchObject({ state: 'healthy' });
    expect(await verified('release', [agents, deployment('cilium-operator', { available: false })])).toEqual(
      waiting(/cilium-operator is not available/),
    );
    const relay = deployment('hubble-relay', { available: false });
    expect(await verified('verify', [...all, relay])).toEqual(waiting(/hubble-relay is not available/));
  });

  it('waits for kinds that are not served, and for nodes that are silent', async () => {
    expect(await verified('verify', all, ['cilium.io/v2/CiliumIdentity'])).toEqual(
      waiting(/no CiliumIdentity yet/),
    );
    const silent = all.filter(({ kind, metadata }) => kind !== 'CiliumNode' || metadata.name !== 'two');
    expect(await verified('verify', silent)).toEqual(waiting(/node two has no CiliumNode/));
  });

  it('waits for pods of the pattern that Cilium does not know, where a restart would help', async () => {
    const stray = pod('stray', { owner: 'server' });
    expect(await verified('verify', [...all, stray])).toEqual(
      waiting(/pod shop\/stray has no CiliumEndpoint/),
    );
    const alone = await verified('verify', [...all, pod('alone')]);
    expect(alone).toMatchObject({
      state: 'healthy',
      note: expect.stringMatching(/alone is not managed/) as string,
    });
    const elsewhere = [
      pod('far', { namespace: 'other', owner: 'x' }),
      pod('host', { owner: 'x', host: true }),
    ];
    expect(await verified('verify', [...all, ...elsewhere])).toMatchObject({ state: 'healthy' });
  });

  it('cannot know its pods where it is told to keep no endpoints', async () => {
    const silent = settings({ 'disable-endpoint-crd': 'true' });
    expect(await verified('verify', [...all, silent, pod('stray', { owner: 'a' })])).toMatchObject({
      state: 'healthy',
    });
  });
});

describe('the check before an upgrade', () => {
  const check = (nodes = 2, ready = nodes) => daemonSet('cilium-pre-flight-check', { nodes, ready });

  it('waits until it ran on every node that has an agent', async () => {
    expect(await verified('pre-flight', [])).toEqual(waiting(/is not there/));
    expect(await verified('pre-flight', [check(2, 1), daemonSet('cilium')])).toEqual(
      waiting(/on 1 of 2 nodes/),
    );
    expect(await verified('pre-flight', [check(1), daemonSet('cilium')])).toEqual(
      waiting(/wants 1 node, and 2 have agents/),
    );
    expect(await verified('pre-flight', [check(), daemonSet('cilium')])).toMatchObject({ state: 'healthy' });
  });

  it('waits until every policy is valid for the new version', async () => {
    const invalid = deployment('cilium-pre-flight-check', { available: false });
    expect(await verified('pre-flight', [check(), daemonSet('cilium'), invalid])).toEqual(
      waiting(/every policy valid/),
    );
  });
});

it('refuses a stage that is not its own', async () => {
  await expect(verified('tag', [])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
