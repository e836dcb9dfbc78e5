import { describe, expect, it } from 'vitest';
import type { KubernetesObject, WorkloadSpec } from '@meshwright/model';
import { plan } from '../plan.ts';
import { meshIstio } from '../plugin.ts';
import { render } from '../render.ts';
import { stages } from '../names.ts';
import { fakeContext } from '@meshwright/plugin-testkit';
import { installation, meshChange, podOf, workload } from '../test-support/objects.ts';

type Spec = NonNullable<Parameters<typeof meshChange>[0]>;
type Rest = NonNullable<Parameters<typeof meshChange>[1]>;

const shop: WorkloadSpec = { namespace: 'shop', enroll: true, waypoint: false, manifests: [] };
const ambient = installation({ mode: 'ambient' });
const older = installation({ mode: 'ambient', version: '1.30.2', revision: '1-30-2' });

function planned(spec: Spec = {}, rest: Rest = {}, objects: KubernetesObject[] = []) {
  const change = meshChange({ ...spec, mesh: { mode: 'ambient', ...spec.mesh } }, rest);
  return plan(change, fakeContext({ objects }));
}

async function order(...inputs: Parameters<typeof planned>) {
  const { prepare, switchOver, settle } = await planned(...inputs);
  return [prepare, switchOver, settle].map((part) => part.map(({ id }) => id).join(' ')).join(' | ');
}

describe('the stages of an ambient mesh', () => {
  it.each<[string, Spec, Rest, string]>([
    ['install', {}, {}, 'crds control-plane | cni ztunnel tag | verify'],
    [
      'install in place',
      { mesh: { upgrade: 'in-place' } },
      {},
      'crds control-plane | cni ztunnel tag | verify',
    ],
    [
      'install with everything',
      {
        mesh: { components: ['gateway', 'cni'] },
        security: { mtls: 'strict' },
        workloads: [{ ...shop, waypoint: true }],
      },
      {},
      'crds control-plane | cni ztunnel tag | waypoints gateway security verify',
    ],
    ['configure', {}, { installations: [ambient] }, 'crds | control-plane cni ztunnel tag | verify'],
    ['upgrade beside', {}, { installations: [older] }, 'crds control-plane | cni ztunnel tag | verify'],
    [
      'upgrade in place',
      { mesh: { upgrade: 'in-place' } },
      { installations: [{ ...older, revision: 'default' }] },
      'crds | control-plane cni ztunnel tag | verify',
    ],
    [
      'go back beside',
      { mesh: { version: '1.30.2' } },
      { installations: [ambient] },
      'control-plane | ztunnel cni tag | crds verify',
    ],
    [
      'go back in place',
      { mesh: { version: '1.30.2', upgrade: 'in-place' } },
      { installations: [{ ...ambient, revision: 'default' }] },
      '| ztunnel cni control-plane tag | crds verify',
    ],
  ])('to %s', async (_name, spec, rest, expected) => {
    expect((await order(spec, rest)).trim()).toBe(expected);
  });

  it('ask a person before the node proxies change, and name the gentler way', async () => {
    const { confirmations, warnings } = await planned({}, { installations: [older] });
    expect(confirmations).toEqual([
      expect.stringContaining('go from 1.30.2 to 1.31.0 in place, node by node') as string,
    ]);
    expect(warnings).toEqual([expect.stringContaining('updateStrategy: {type: OnDelete}') as string]);
    expect(await planned()).toMatchObject({ confirmations: [], warnings: [] });
    expect(await planned({}, { installations: [ambient] })).toMatchObject({
      confirmations: [],
      warnings: [],
    });
  });

  it('wait for people a day where the proxies are only replaced by them', async () => {
    const values = { ztunnel: { updateStrategy: { type: 'OnDelete' } } };
    const { switchOver, confirmations } = await planned({ mesh: { values } }, { installations: [older] });
    const timeouts = switchOver.map(({ id, timeoutSeconds }) => [id, timeoutSeconds]);
    expect(timeouts).toEqual([
      ['cni', stages.cni.timeoutSeconds],
      ['ztunnel', 86_400],
      ['tag', stages.tag.timeoutSeconds],
    ]);
    expect(confirmations).toEqual([expect.stringContaining('OnDelete') as string]);
  });

  it('cross one minor version at a time, also beside the control plane', async () => {
    const installations = [installation({ mode: 'ambient', version: '1.29.0', revision: '1-29-0' })];
    await expect(planned({}, { installations })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('one minor version in ambient mode') as string,
      details: { remedy: expect.stringContaining('1.29.0 -> 1.30.x -> 1.31.0') as string },
    });
  });

  it('do not take a node proxy of before for a workload that nobody moves', async () => {
    const proxy = podOf('ztunnel-a', 'istio-system', undefined, { proxy: 'ztunnel:1.30.2' });
    const metadata = {
      ...proxy.metadata,
      labels: { app: 'ztunnel' },
      annotations: { 'istio.io/rev': '1-30-2' },
    };
    await expect(planned({}, { installations: [older] }, [{ ...proxy, metadata }])).resolves.toBeDefined();
  });
});

describe('between sidecars and ambient mode', () => {
  const sidecars = installation();

  it('a mesh goes while no workload is in it', async () => {
    expect(await order({}, { installations: [sidecars] })).toBe(
      'crds | control-plane cni ztunnel tag | verify',
    );
    expect(await order({ mesh: { mode: 'sidecar' } }, { installations: [ambient] })).toBe(
      'crds | control-plane tag | verify',
    );
  });

  it('a mesh does not go while a workload has a sidecar, and the way is named', async () => {
    await expect(planned({}, { installations: [sidecars] }, workload('web'))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: {
        lines: ['shop: web-0'],
        remedy: expect.stringContaining(
          'enroll: false for every namespace, then mesh.mode: ambient',
        ) as string,
      },
    });
  });

  it('a mesh does not go while a pod is captured', async () => {
    const pod = podOf('web-0', 'shop', undefined);
    const metadata = { ...pod.metadata, annotations: { 'ambient.istio.io/redirection': 'enabled' } };
    const spec: Spec = { mesh: { mode: 'sidecar' } };
    await expect(planned(spec, { installations: [ambient] }, [{ ...pod, metadata }])).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { lines: ['shop: web-0'] },
    });
  });

  it('a mesh does not go with another version at once, nor while it is taken over', async () => {
    const from = installation({ version: '1.30.2', revision: '1-30-2' });
    await expect(planned({}, { installations: [from] })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { remedy: expect.stringContaining('mesh.version: 1.30.2') as string },
    });
    const foreign = [installation({ managedBy: 'helm' })];
    await expect(planned({}, { installations: foreign, adopt: true })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { remedy: 'Write mesh.mode: sidecar.' },
    });
  });
});

describe('a namespace of an ambient mesh', () => {
  const { mesh } = meshChange({ mesh: { mode: 'ambient' } }).snapshot.pattern.spec;
  if (!meshIstio.capabilities.enroll || !('enroll' in meshIstio)) throw new Error('Istio enrolls.');
  const plugin = meshIstio;

  it('joins by a label that takes running pods in', () => {
    expect(plugin.enroll(shop, mesh)).toEqual({
      labels: { 'istio.io/dataplane-mode': 'ambient' },
      annotations: {},
      removeLabels: ['istio-injection', 'istio.io/rev'],
    });
    expect(plugin.enroll({ ...shop, waypoint: true }, mesh).labels).toEqual({
      'istio.io/dataplane-mode': 'ambient',
      'istio.io/use-waypoint': 'waypoint',
    });
  });

  it('restarts only what has to leave a sidecar', async () => {
    const asks = workload('asks');
    const objects = [
      ...workload('plain', { pods: [{}] }),
      ...workload('injected'),
      ...asks.map((object) =>
        object.kind === 'Pod'
          ? { ...object, metadata: { ...object.metadata, labels: { 'sidecar.istio.io/inject': 'true' } } }
          : object,
      ),
    ];
    const target = { version: '1.31.0', revision: '1-31-0', mode: 'ambient' as const };
    expect(await plugin.outdatedWorkloads(['shop'], target, fakeContext({ objects }))).toMatchObject([
      { kind: 'Deployment', name: 'injected' },
    ]);
  });

  it('has the waypoint that Istio’s own tools would make', async () => {
    const change = meshChange({
      mesh: { mode: 'ambient' },
      workloads: [
        { ...shop, waypoint: true },
        { ...shop, namespace: 'plain' },
      ],
    });
    expect(await render(stages.waypoints, change, fakeContext())).toEqual([
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'Gateway',
        metadata: { name: 'waypoint', namespace: 'shop', labels: { 'istio.io/waypoint-for': 'service' } },
        spec: {
          gatewayClassName: 'istio-waypoint',
          listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE' }],
        },
      },
    ]);
  });

  it('without the Gateway API has no waypoint, and is told what to install', async () => {
    const change = meshChange({ mesh: { mode: 'ambient' }, workloads: [{ ...shop, waypoint: true }] });
    const missingKinds = ['gateway.networking.k8s.io/v1/Gateway'];
    await expect(plan(change, fakeContext({ missingKinds }))).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      details: { lines: [expect.stringContaining('install the CRDs of the Gateway API v1.6.0') as string] },
    });
  });
});

describe('an ambient mesh that goes', () => {
  it('goes only when no pod is captured any more', async () => {
    const { prepare, settle } = await planned({}, { purpose: 'uninstall', installations: [ambient] });
    expect(prepare).toEqual([]);
    expect(settle.map(({ id }) => id)).toEqual(['left']);
    const sidecars = await planned(
      { mesh: { mode: 'sidecar' } },
      { purpose: 'uninstall', installations: [installation()] },
    );
    expect(sidecars.settle).toEqual([]);
  });

  it('stays while pods outside the pattern are captured', async () => {
    const pod = podOf('web-0', 'other', undefined);
    const metadata = { ...pod.metadata, annotations: { 'ambient.istio.io/redirection': 'enabled' } };
    const uninstall: Rest = { purpose: 'uninstall', installations: [ambient] };
    await expect(planned({}, uninstall, [{ ...pod, metadata }])).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      details: { lines: ['other: web-0'] },
    });
  });
});
