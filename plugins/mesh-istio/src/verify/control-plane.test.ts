import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@meshwright/model';
import { type FakeCluster, fakeContext } from '@meshwright/plugin-testkit';
import {
  controlPlane,
  injection,
  injector,
  istiod,
  istiodDeployment,
  verifyChange,
} from '../test-support/objects.ts';
import { verify } from './verify.ts';

function look(stage: string, cluster: FakeCluster) {
  return verify(stage, verifyChange(), fakeContext(cluster));
}

function without(kind: string): KubernetesObject[] {
  return controlPlane().filter((object) => object.kind !== kind);
}

describe('the CRDs', () => {
  it('are healthy when the server serves its kinds', async () => {
    expect(await look('crds', {})).toMatchObject({ state: 'healthy' });
  });

  it('are waited for by name', async () => {
    expect(await look('crds', { missingKinds: ['security.istio.io/v1/PeerAuthentication'] })).toEqual({
      state: 'waiting',
      for: ['the API server serves no PeerAuthentication of security.istio.io/v1 yet'],
    });
  });
});

describe('the control plane', () => {
  it('is healthy when istiod is available, reachable, and in its webhooks', async () => {
    expect(await look('control-plane', { objects: controlPlane() })).toMatchObject({ state: 'healthy' });
  });

  it.each([
    ['Deployment', 'Deployment istio-system/istiod-1-31-0 is not there'],
    ['EndpointSlice', 'Service istio-system/istiod-1-31-0 has no ready endpoint'],
    [
      'MutatingWebhookConfiguration',
      'MutatingWebhookConfiguration istio-sidecar-injector-1-31-0 is not there',
    ],
  ])('is waited for without its %s', async (kind, line) => {
    expect(await look('control-plane', { objects: without(kind) })).toEqual({
      state: 'waiting',
      for: [line],
    });
  });

  it('is waited for while a webhook has no caBundle', async () => {
    const verification = await look('control-plane', { objects: istiod({ caBundle: '' }) });
    expect(verification).toMatchObject({
      state: 'waiting',
      for: [
        expect.stringContaining('istio-sidecar-injector-1-31-0') as string,
        expect.stringContaining('istio-validator-1-31-0') as string,
      ],
    });
  });

  it('is waited for while its endpoint is not ready', async () => {
    const objects = controlPlane().map((object) =>
      object.kind === 'EndpointSlice' ? { ...object, endpoints: [{ conditions: { ready: false } }] } : object,
    );
    expect(await look('control-plane', { objects })).toMatchObject({ state: 'waiting' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['has not seen its newest state', { metadata: { ...istiodDeployment().metadata, generation: 2 } }],
    [
      'has no pod of its newest state',
      {
        status: {
          observedGeneration: 1,
          updatedReplicas: 0,
          conditions: [{ type: 'Available', status: 'True' }],
        },
      },
    ],
    ['is scaled to zero', { spec: { ...(istiodDeployment().spec as object), replicas: 0 } }],
    ['has no status', { status: {} }],
  ])('is waited for while istiod %s', async (_name, part) => {
    const objects = [...without('Deployment'), { ...istiodDeployment(), ...part }];
    expect(await look('control-plane', { objects })).toMatchObject({ state: 'waiting' });
  });

  it('of another revision does not count', async () => {
    const objects = [...without('Deployment'), istiodDeployment({ revision: 'canary' })];
    expect(await look('control-plane', { objects })).toMatchObject({ state: 'waiting' });
  });
});

describe('the tag', () => {
  it('is healthy when labelled namespaces join the control plane and it validates', async () => {
    expect(await look('tag', { objects: controlPlane() })).toEqual({
      state: 'healthy',
      note: 'revision 1-31-0 injects where istio-injection=enabled stands',
    });
  });

  it('is waited for while it is not there', async () => {
    expect(await look('tag', { objects: istiod() })).toEqual({
      state: 'waiting',
      for: [
        'no webhook injects into namespaces labelled istio-injection=enabled',
        'ValidatingWebhookConfiguration istiod-default-validator is not there',
      ],
    });
  });

  it('is waited for while it belongs to another control plane', async () => {
    expect(
      await look('tag', { objects: [...istiod(), ...controlPlane({ revision: '1-30-0' })] }),
    ).toMatchObject({
      state: 'waiting',
      for: [
        'MutatingWebhookConfiguration istio-revision-tag-default is of revision 1-30-0',
        'ValidatingWebhookConfiguration istiod-default-validator is of revision 1-30-0',
      ],
    });
  });

  it('is waited for while the injector of a control plane without a revision injects as well', async () => {
    const objects = [...controlPlane(), injector('default', { enabled: true })];
    expect(await look('tag', { objects })).toEqual({
      state: 'waiting',
      for: ['MutatingWebhookConfiguration istio-sidecar-injector is of revision default'],
    });
  });

  it('is waited for while istiod has not written its certificate', async () => {
    expect(await look('tag', { objects: injection({ caBundle: '' }) })).toMatchObject({
      state: 'waiting',
      for: [
        expect.stringContaining('istio-revision-tag-default has no caBundle') as string,
        expect.stringContaining('istiod-default-validator has no caBundle') as string,
      ],
    });
  });

  it('is waited for while it calls the Service of another control plane', async () => {
    const objects = injection().map((object) => ({
      ...object,
      webhooks: [
        { name: 'x', clientConfig: { caBundle: 'Y2E=', service: { name: 'istiod' } } },
        ...(object.webhooks as object[]),
      ],
    }));
    expect(await look('tag', { objects })).toMatchObject({
      state: 'waiting',
      for: [
        'MutatingWebhookConfiguration istio-revision-tag-default calls istiod, not istiod-1-31-0',
        'ValidatingWebhookConfiguration istiod-default-validator calls istiod, not istiod-1-31-0',
      ],
    });
  });
});

describe('the gateway', () => {
  const pod = (image: string, ready = true): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'gateway-1',
      namespace: 'istio-ingress',
      labels: { 'app.kubernetes.io/instance': 'istio-ingressgateway' },
    },
    spec: { containers: [{ name: 'istio-proxy', image }] },
    status: { phase: 'Running', containerStatuses: [{ name: 'istio-proxy', ready }] },
  });

  it('is healthy when its pods are ready', async () => {
    expect(await look('gateway', { objects: [pod('proxyv2:1.31.0')] })).toMatchObject({ state: 'healthy' });
  });

  it('is waited for without pods, and while they are not ready', async () => {
    expect(await look('gateway', {})).toMatchObject({ state: 'waiting' });
    expect(await look('gateway', { objects: [pod('proxyv2:1.31.0', false)] })).toMatchObject({
      state: 'waiting',
    });
  });

  it('has failed when its pods started before injection worked', async () => {
    expect(await look('gateway', { objects: [pod('auto', false)] })).toMatchObject({
      state: 'failed',
      remedy: expect.stringContaining('kubectl delete pod') as string,
    });
  });
});

describe('mutual TLS', () => {
  const policy = (namespace: string, name: string, mode: string): KubernetesObject => ({
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { namespace, name },
    spec: { mtls: { mode } },
  });

  it('is waited for until its policy is there', async () => {
    expect(await look('security', {})).toMatchObject({ state: 'waiting' });
  });

  it('names the policies that say otherwise', async () => {
    const objects = [
      policy('istio-system', 'default', 'STRICT'),
      policy('shop', 'legacy', 'PERMISSIVE'),
      policy('other', 'x', 'DISABLE'),
    ];
    expect(await verify('security', verifyChange('shop'), fakeContext({ objects }))).toEqual({
      state: 'healthy',
      note: 'mutual TLS is STRICT in the mesh, except that shop/legacy says PERMISSIVE',
    });
  });
});

it('refuses a stage that is not its own', async () => {
  await expect(look('prune', {})).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
