import type { KubernetesObject } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { detect } from './detect.ts';
import { leftovers } from './leftovers.ts';
import { component, planningContext, secret, trustRoots } from './test-support/objects.ts';
import { digestOf } from './trust/digest.ts';

const ours = { managedFields: [{ manager: 'meshwright', operation: 'Apply' }] };
const parts = (metadata: Partial<KubernetesObject['metadata']> = ours) =>
  ['linkerd-destination', 'linkerd-identity', 'linkerd-proxy-injector'].map((name) =>
    component(name, { metadata }),
  );

const detected = (objects: KubernetesObject[]) => detect(planningContext({ objects }).cluster);

describe('a control plane', () => {
  it('is found with its version, and the trust it has as its revision', async () => {
    expect(await detected([...parts(), trustRoots('PEM')])).toEqual([
      {
        version: '2026.8.3',
        revision: digestOf('PEM').slice(0, 8),
        mode: 'sidecar',
        namespace: 'linkerd',
        managedBy: 'meshwright',
        healthy: true,
        notes: [],
      },
    ]);
  });

  it('is found by the image where no label says the version, and without one where nothing does', async () => {
    const of = (image: string) => {
      const object = component('linkerd-destination', { of: '', metadata: ours });
      const template = { metadata: {}, spec: { containers: [{ name: 'destination', image }] } };
      return { ...object, spec: { replicas: 1, template } };
    };
    expect((await detected([of('cr.l5d.io/linkerd/controller:edge-26.7.2')]))[0]?.version).toBe('2026.7.2');
    expect((await detected([of('mirror/controller:mine')]))[0]?.version).toBe('unknown');
  });

  it('is unhealthy with what is missing of it', async () => {
    const [found] = await detected([component('linkerd-destination', { metadata: ours, available: false })]);
    expect(found).toMatchObject({ healthy: false });
    expect(found?.notes).toHaveLength(3);
  });

  it.each([
    ['helm', { annotations: { 'meta.helm.sh/release-name': 'linkerd' } }],
    [
      'linkerd-cli',
      {
        annotations: { 'linkerd.io/created-by': 'linkerd/cli edge-26.8.3' },
        managedFields: [{ manager: 'kubectl-client-side-apply', operation: 'Update' }],
      },
    ],
    ['argocd', { annotations: { 'argocd.argoproj.io/tracking-id': 'x' } }],
  ])('is kept by %s where that marks it', async (tool, metadata) => {
    expect((await detected(parts(metadata)))[0]?.managedBy).toBe(tool);
  });

  it('is none where there is nothing', async () => {
    expect(await detected([])).toEqual([]);
  });
});

describe('what nobody’s chart holds', () => {
  const lease: KubernetesObject = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'policy-controller-write', namespace: 'linkerd', uid: '1' },
  };
  const left = async (objects: KubernetesObject[]) =>
    (await leftovers(planningContext({ objects }).cluster)).map(({ name }) => name);

  it('are locks, and certificates that an earlier tool made', async () => {
    const others = [
      secret('linkerd-identity-issuer', 'Opaque', {}, { uid: '2' }),
      secret('something-else', 'Opaque', {}, { uid: '3' }),
      secret('linkerd-sp-validator-k8s-tls', 'kubernetes.io/tls', {}, { uid: '4', ...ours }),
      secret(
        'linkerd-policy-validator-k8s-tls',
        'kubernetes.io/tls',
        {},
        {
          uid: '5',
          annotations: { 'cert-manager.io/certificate-name': 'x' },
        },
      ),
    ];
    expect(await left([...parts(), lease, ...others])).toEqual([
      'policy-controller-write',
      'linkerd-identity-issuer',
    ]);
  });

  it('are none while somebody else’s Linkerd needs them', async () => {
    expect(await left([...parts({ annotations: { 'meta.helm.sh/release-name': 'x' } }), lease])).toEqual([]);
  });
});
