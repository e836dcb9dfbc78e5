import { describe, expect, it } from 'vitest';
import { detect } from './detect.ts';
import { fakeContext } from '@meshwright/plugin-testkit';
import { injector, istiodDeployment } from './test-support/objects.ts';

type Options = Parameters<typeof istiodDeployment>[0];

async function found(options: Options = {}) {
  const installations = await detect(fakeContext({ objects: [istiodDeployment(options)] }).cluster);
  expect(installations).toHaveLength(1);
  return installations[0]!;
}

describe('an installation', () => {
  it('is none where no istiod is', async () => {
    expect(await detect(fakeContext().cluster)).toEqual([]);
  });

  it('is found in any namespace, with its revision', async () => {
    expect(await found({ namespace: 'mesh', revision: 'canary' })).toMatchObject({
      namespace: 'mesh',
      revision: 'canary',
      version: '1.31.0',
      mode: 'sidecar',
      healthy: true,
      notes: [],
    });
  });

  it.each([
    ['registry.istio.io/release/pilot:1.22.3', '1.22.3'],
    ['localhost:5000/pilot:1.22.3-distroless', '1.22.3'],
    ['registry.istio.io/release/pilot:1.22.3@sha256:0123', '1.22.3'],
    ['registry.istio.io/release/pilot@sha256:0123', 'unknown'],
    ['registry.istio.io/release/pilot:latest', 'unknown'],
    ['localhost:5000/pilot', 'unknown'],
  ])('without a version label is known by its image %s', async (image, version) => {
    expect((await found({ version: undefined, image })).version).toBe(version);
  });

  it('says when its labels and its image disagree', async () => {
    const { version, notes } = await found({ image: 'registry.istio.io/release/pilot:1.30.0' });
    expect(version).toBe('1.31.0');
    expect(notes).toEqual(['Its labels say 1.31.0, and its image 1.30.0.']);
  });

  it('is unhealthy while its Deployment is not available, and says why', async () => {
    const { healthy, notes } = await found({ available: false });
    expect(healthy).toBe(false);
    expect(notes).toEqual(['Deployment istio-system/istiod-1-31-0 is not available: no pod is ready']);
  });

  it('is ambient when istiod is told so', async () => {
    expect(await found({ env: [{ name: 'PILOT_ENABLE_AMBIENT', value: 'true' }] })).toMatchObject({
      mode: 'ambient',
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['meshwright', { managedFields: [{ manager: 'meshwright', operation: 'Apply' }] }],
    ['helm', { annotations: { 'meta.helm.sh/release-name': 'istiod' } }],
    ['istioctl', { managedFields: [{ manager: 'istio-operator', operation: 'Apply' }] }],
    ['kubectl', { managedFields: [{ manager: 'kubectl-client-side-apply', operation: 'Update' }] }],
    ['argocd', { annotations: { 'argocd.argoproj.io/tracking-id': 'istio:apps/Deployment' } }],
    [
      'sail-operator',
      { ownerReferences: [{ apiVersion: 'sailoperator.io/v1', kind: 'IstioRevision', name: 'default' }] },
    ],
    [
      'some-tool',
      {
        managedFields: [
          { manager: 'kube-controller-manager', operation: 'Update', subresource: 'status' },
          { manager: 'some-tool', operation: 'Update' },
        ],
      },
    ],
    ['unknown', {}],
  ])('kept by %s is recognized', async (manager, metadata) => {
    expect((await found({ metadata })).managedBy).toBe(manager);
  });

  it('kept by Sail is never taken for Helm’s, whose library Sail uses', async () => {
    const metadata = {
      annotations: { 'meta.helm.sh/release-name': 'default-istiod' },
      ownerReferences: [{ apiVersion: 'sailoperator.io/v1', kind: 'IstioRevision', name: 'default' }],
    };
    expect((await found({ metadata })).managedBy).toBe('sail-operator');
  });

  it('that Meshwright only wrote a status into is not its own', async () => {
    const managedFields = [{ manager: 'meshwright', operation: 'Apply', subresource: 'status' }];
    expect((await found({ metadata: { managedFields } })).managedBy).toBe('unknown');
  });
});

describe('several control planes', () => {
  const revisionsFound = async (...injectors: ReturnType<typeof injector>[]) => {
    const objects = ['1-29-0', '1-30-0', 'default'].map((revision) => istiodDeployment({ revision }));
    const installations = await detect(fakeContext({ objects: [...objects, ...injectors] }).cluster);
    return installations.map(({ revision }) => revision);
  };
  const disabled = injector('default');

  it('begin with the one that the tag names', async () => {
    expect(await revisionsFound(injector('1-30-0', { tag: 'default' }))).toEqual([
      '1-30-0',
      '1-29-0',
      'default',
    ]);
  });

  it('begin with the one without a revision where it injects', async () => {
    expect(await revisionsFound(injector('default', { enabled: true }))).toEqual([
      'default',
      '1-29-0',
      '1-30-0',
    ]);
  });

  it('begin with the tag’s while both inject, as istiod decides', async () => {
    const both = [injector('default', { enabled: true }), injector('1-30-0', { tag: 'default' })];
    expect((await revisionsFound(...both))[0]).toBe('1-30-0');
  });

  it('are in the order of their names where none injects, or only for other tags', async () => {
    const none = [disabled, injector('1-30-0', { tag: 'prod' }), injector('1-30-0')];
    expect(await revisionsFound(...none)).toEqual(['1-29-0', '1-30-0', 'default']);
  });
});
