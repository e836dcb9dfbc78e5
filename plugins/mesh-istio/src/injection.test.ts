import { describe, expect, it } from 'vitest';
import { enroll, meshedWorkloads, outdatedWorkloads } from './injection.ts';
import { fakeContext } from '@meshwright/plugin-testkit';
import { proxyImage, revision, workload } from './test-support/objects.ts';

const wanted = { version: '1.31.0', revision };

type Options = Parameters<typeof workload>[1];

async function outdated(...workloads: [string, Options][]): Promise<string[]> {
  const objects = workloads.flatMap(([name, options]) => workload(name, options));
  const references = await outdatedWorkloads(['shop'], wanted, fakeContext({ objects }).cluster);
  return references.map(({ kind, name }) => `${kind} ${name}`);
}

describe('enrollment', () => {
  it('labels the namespace for the default revision and lets nothing contradict it', () => {
    expect(enroll()).toEqual({
      labels: { 'istio-injection': 'enabled' },
      annotations: {},
      removeLabels: ['istio.io/rev', 'istio.io/dataplane-mode'],
    });
  });
});

describe('a workload must restart', () => {
  it('when a pod has no proxy, whatever kind it is', async () => {
    const pods = [{}];
    expect(
      await outdated(
        ['a', { pods }],
        ['b', { kind: 'StatefulSet', pods }],
        ['c', { kind: 'DaemonSet', pods }],
      ),
    ).toEqual(['Deployment a', 'StatefulSet b', 'DaemonSet c']);
  });

  it('when only one of its pods has no proxy', async () => {
    expect(await outdated(['a', { pods: [{ proxy: proxyImage }, {}] }])).toEqual(['Deployment a']);
  });

  it('when a proxy has another version', async () => {
    expect(await outdated(['a', { pods: [{ proxy: 'registry.istio.io/release/proxyv2:1.30.1' }] }])).toEqual([
      'Deployment a',
    ]);
  });
});

describe('a workload of another control plane must restart', () => {
  const old = { proxy: proxyImage, revision: '1-30-0' };

  it('though its proxy has the same version', async () => {
    expect(await outdated(['a', { pods: [old] }])).toEqual(['Deployment a']);
  });

  it('though it opts out now: its proxy would be cut off', async () => {
    const template = { labels: { 'sidecar.istio.io/inject': 'false' } };
    expect(await outdated(['a', { pods: [old], template }])).toEqual(['Deployment a']);
  });

  it('unless istiod deploys it, and rolls it by itself', async () => {
    const template = { labels: { 'gateway.networking.k8s.io/gateway-name': 'edge' } };
    expect(await outdated(['a', { pods: [old], template }])).toEqual([]);
  });
});

describe('a workload is in the mesh', () => {
  const meshed = async (options: Options) => {
    const { cluster } = fakeContext({ objects: workload('a', options) });
    return (await meshedWorkloads(['shop'], cluster)).map(({ name }) => name);
  };

  it.each<[string, Options, string[]]>([
    ['with a proxy of any revision', { pods: [{}, { proxy: 'proxyv2:1.20.0', revision: 'x' }] }, ['a']],
    ['not without a proxy', { pods: [{}] }, []],
    ['not in another namespace', { namespace: 'other' }, []],
    [
      'not as a gateway that istiod deploys',
      { template: { labels: { 'gateway.networking.k8s.io/gateway-name': 'edge' } } },
      [],
    ],
  ])('%s', async (_name, options, expected) => {
    expect(await meshed(options)).toEqual(expected);
  });
});

describe('a workload stays as it is', () => {
  it.each<[string, Options]>([
    ['its pods have the proxy', { pods: [{ proxy: proxyImage }] }],
    ['the proxy is a native sidecar', { pods: [{ proxy: proxyImage, native: true }] }],
    ['the proxy is a variant of the same version', { pods: [{ proxy: `${proxyImage}-distroless` }] }],
    ['the proxy’s image names no version', { pods: [{ proxy: 'localhost/proxyv2:dev' }] }],
    ['it has no pods', { pods: [] }],
    ['its pods are ending', { pods: [{ deleting: true }, { phase: 'Succeeded' }] }],
    ['its label opts out', { pods: [{}], template: { labels: { 'sidecar.istio.io/inject': 'false' } } }],
    [
      'its annotation opts out',
      { pods: [{}], template: { annotations: { 'sidecar.istio.io/inject': 'false' } } },
    ],
    ['its pods use the network of their node', { pods: [{}], template: { hostNetwork: true } }],
    ['it is in another namespace', { pods: [{}], namespace: 'other' }],
  ])('when %s', async (_name, options) => {
    expect(await outdated(['a', options])).toEqual([]);
  });

  it('unless its label overrules an annotation that opts out', async () => {
    const template = {
      labels: { 'sidecar.istio.io/inject': 'true' },
      annotations: { 'sidecar.istio.io/inject': 'false' },
    };
    expect(await outdated(['a', { pods: [{}], template }])).toEqual(['Deployment a']);
  });
});
