import { beforeAll, describe, expect, it } from 'vitest';
import { type KubernetesObject, formatReference, referenceKey, referenceOf } from '@meshwright/model';
import type { Installation, PluginContext } from '@meshwright/plugin-sdk';
import { detect } from '../detect.ts';
import { plan } from '../plan.ts';
import { render } from '../render.ts';
import { fakeContext } from '@meshwright/plugin-testkit';
import { installation, meshChange } from '../test-support/objects.ts';
import { contextWithRealCharts } from '../test-support/real-charts.ts';

/** Istio's own charts, rendered by Helm. The images of ztunnel were not to be had: no node proxy of it has run. */
let context: PluginContext;
beforeAll(async () => {
  context = await contextWithRealCharts();
});

type Spec = NonNullable<Parameters<typeof meshChange>[0]>;

const waypoint = { namespace: 'shop', enroll: true, waypoint: true, manifests: [] };

async function renderAll(
  spec: Spec = {},
  installations: Installation[] = [],
): Promise<Map<string, KubernetesObject[]>> {
  const change = meshChange({ ...spec, mesh: { mode: 'ambient', ...spec.mesh } }, { installations });
  const { prepare, switchOver, settle } = await plan(change, context);
  const rendered = new Map<string, KubernetesObject[]>();
  for (const stage of [...prepare, ...switchOver, ...settle]) {
    if (stage.kind === 'apply') rendered.set(stage.id, await render(stage, change, context));
  }
  return rendered;
}

function find(stages: Map<string, KubernetesObject[]>, stage: string, kind: string): KubernetesObject {
  const found = stages.get(stage)?.find((object) => object.kind === kind);
  if (found === undefined) throw new Error(`The stage ${stage} has no ${kind}.`);
  return found;
}

describe('Istio’s own charts in ambient mode', () => {
  it('render the node proxies beside what sidecars need', async () => {
    const stages = await renderAll({ workloads: [waypoint] });
    expect([...stages.keys()]).toEqual(['crds', 'control-plane', 'cni', 'ztunnel', 'tag', 'waypoints']);
    const names = (id: string) =>
      (stages.get(id) ?? []).map((object) => formatReference(referenceOf(object)));
    expect(names('ztunnel')).toMatchInlineSnapshot(`
      [
        "ServiceAccount istio-system/ztunnel",
        "DaemonSet istio-system/ztunnel",
      ]
    `);
    expect(names('cni')).toContain('DaemonSet istio-system/istio-cni-node');
    expect(names('waypoints')).toEqual(['Gateway shop/waypoint']);
  });

  it('name no object twice, and put each into a namespace that is there by then', async () => {
    const seen = new Set<string>();
    const namespaces = new Set(['shop']);
    for (const object of [...(await renderAll({ workloads: [waypoint] })).values()].flat()) {
      if (object.kind === 'Namespace') namespaces.add(object.metadata.name);
      const { namespace } = object.metadata;
      expect(namespace === undefined || namespaces.has(namespace)).toBe(true);
      expect(seen.has(referenceKey(referenceOf(object)))).toBe(false);
      seen.add(referenceKey(referenceOf(object)));
    }
  });

  it('make a control plane that is found as an ambient one', async () => {
    const deployment = find(await renderAll(), 'control-plane', 'Deployment');
    const { cluster } = fakeContext({ objects: [deployment] });
    expect(await detect(cluster)).toMatchObject([{ mode: 'ambient', revision: '1-31-0', version: '1.31.0' }]);
  });

  it('turn redirection by the node on, and leave it to the CNI agent for sidecars too', async () => {
    const stages = await renderAll({ mesh: { values: { cni: { cniBinDir: '/opt/bin' } } } });
    expect(find(stages, 'cni', 'ConfigMap').data).toMatchObject({ AMBIENT_ENABLED: 'true' });
    expect(JSON.stringify(find(stages, 'cni', 'DaemonSet'))).toContain('/opt/bin');
    const injector = (stages.get('control-plane') ?? []).find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('istio-sidecar-injector'),
    );
    const { values } = injector?.data as { values: string };
    expect((JSON.parse(values) as { pilot: { cni: { enabled: boolean } } }).pilot.cni.enabled).toBe(true);
  });

  it.each<[string, Spec, Installation[], string]>([
    ['of the version’s own', {}, [], 'istiod-1-31-0.istio-system.svc:15012'],
    [
      'of none, of an installation in place',
      { mesh: { upgrade: 'in-place' } },
      [],
      'istiod.istio-system.svc:15012',
    ],
    [
      'of the new one, after an upgrade',
      {},
      [installation({ mode: 'ambient', version: '1.30.0', revision: '1-30-0' })],
      'istiod-1-31-0.istio-system.svc:15012',
    ],
  ])(
    'let the node proxies ask the revision %s, always under one name',
    async (_name, spec, found, address) => {
      const daemonSet = find(await renderAll(spec, found), 'ztunnel', 'DaemonSet');
      expect(daemonSet.metadata).toMatchObject({ name: 'ztunnel', namespace: 'istio-system' });
      const { template } = daemonSet.spec as { template: { spec: { containers: { env: object[] }[] } } };
      expect(template.spec.containers[0]?.env).toEqual(
        expect.arrayContaining([
          { name: 'XDS_ADDRESS', value: address },
          { name: 'CA_ADDRESS', value: address },
        ]),
      );
    },
  );

  it('take the values of the pattern for the node proxies', async () => {
    const values = { ztunnel: { hub: 'mirror.example.test', updateStrategy: { type: 'OnDelete' } } };
    const daemonSet = find(await renderAll({ mesh: { values } }), 'ztunnel', 'DaemonSet');
    expect(JSON.stringify(daemonSet)).toContain('"mirror.example.test/ztunnel:');
    expect(daemonSet.spec).toMatchObject({ updateStrategy: { type: 'OnDelete' } });
  });

  it('know every compatibility version that the look before a change lets through', async () => {
    for (const compatibilityVersion of ['1.25', '1.30']) {
      const values = { istiod: { compatibilityVersion }, ztunnel: { compatibilityVersion } };
      await expect(renderAll({ mesh: { values } })).resolves.toBeDefined();
    }
  });
});
