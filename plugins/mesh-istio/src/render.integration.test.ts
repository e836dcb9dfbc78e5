import { beforeAll, describe, expect, it } from 'vitest';
import { type KubernetesObject, formatReference, referenceKey, referenceOf } from '@meshwright/model';
import type { Installation, PluginContext } from '@meshwright/plugin-sdk';
import { detect } from './detect.ts';
import { plan } from './plan.ts';
import { render } from './render.ts';
import { injectingRevision, injectors } from './revisions.ts';
import { contextWithRealCharts } from './test-support/real-charts.ts';
import { fakeContext } from '@meshwright/plugin-testkit';
import { injector, installation, meshChange, podOf } from './test-support/objects.ts';
import { withoutRacingFields } from './webhooks.ts';

let context: PluginContext;
beforeAll(async () => {
  context = await contextWithRealCharts();
});

type Spec = Parameters<typeof meshChange>[0];

/** Every apply stage of a plan with what it renders. */
async function renderAll(
  spec: Spec = {},
  charts = context,
  installations: Installation[] = [],
  adopt = false,
): Promise<Map<string, KubernetesObject[]>> {
  const change = meshChange(spec, { installations, adopt });
  const { prepare, switchOver, settle } = await plan(change, charts);
  const rendered = new Map<string, KubernetesObject[]>();
  for (const stage of [...prepare, ...switchOver, ...settle]) {
    if (stage.kind === 'apply') rendered.set(stage.id, await render(stage, change, charts));
  }
  return rendered;
}

function names(objects: KubernetesObject[] | undefined): string[] {
  return (objects ?? []).map((object) => formatReference(referenceOf(object)));
}

const everything: Spec = { mesh: { components: ['cni', 'gateway'] }, security: { mtls: 'strict' } };

describe('Istio’s own charts', () => {
  it('render into the stages of a plan', async () => {
    const stages = await renderAll(everything);
    expect(Object.fromEntries([...stages].map(([id, objects]) => [id, names(objects)])))
      .toMatchInlineSnapshot(`
        {
          "cni": [
            "ServiceAccount istio-system/istio-cni",
            "ConfigMap istio-system/istio-cni-config",
            "ClusterRole istio-cni",
            "ClusterRole istio-cni-repair-role",
            "ClusterRoleBinding istio-cni",
            "ClusterRoleBinding istio-cni-repair-rolebinding",
            "DaemonSet istio-system/istio-cni-node",
          ],
          "control-plane": [
            "ServiceAccount istio-system/istio-reader-service-account",
            "ServiceAccount istio-system/istiod-1-31-0",
            "ConfigMap istio-system/values-1-31-0",
            "ConfigMap istio-system/istio-1-31-0",
            "ConfigMap istio-system/istio-sidecar-injector-1-31-0",
            "ClusterRole istiod-clusterrole-1-31-0-istio-system",
            "ClusterRole istiod-gateway-controller-1-31-0-istio-system",
            "ClusterRole istio-reader-clusterrole-1-31-0-istio-system",
            "ClusterRoleBinding istiod-clusterrole-1-31-0-istio-system",
            "ClusterRoleBinding istiod-gateway-controller-1-31-0-istio-system",
            "ClusterRoleBinding istio-reader-clusterrole-1-31-0-istio-system",
            "Role istio-system/istiod-1-31-0",
            "RoleBinding istio-system/istiod-1-31-0",
            "Service istio-system/istiod-1-31-0",
            "Deployment istio-system/istiod-1-31-0",
            "HorizontalPodAutoscaler istio-system/istiod-1-31-0",
            "MutatingWebhookConfiguration istio-sidecar-injector-1-31-0",
            "ValidatingWebhookConfiguration istio-validator-1-31-0-istio-system",
          ],
          "crds": [
            "Namespace istio-system",
            "CustomResourceDefinition trafficextensions.extensions.istio.io",
            "CustomResourceDefinition wasmplugins.extensions.istio.io",
            "CustomResourceDefinition destinationrules.networking.istio.io",
            "CustomResourceDefinition envoyfilters.networking.istio.io",
            "CustomResourceDefinition gateways.networking.istio.io",
            "CustomResourceDefinition proxyconfigs.networking.istio.io",
            "CustomResourceDefinition serviceentries.networking.istio.io",
            "CustomResourceDefinition sidecars.networking.istio.io",
            "CustomResourceDefinition virtualservices.networking.istio.io",
            "CustomResourceDefinition workloadentries.networking.istio.io",
            "CustomResourceDefinition workloadgroups.networking.istio.io",
            "CustomResourceDefinition authorizationpolicies.security.istio.io",
            "CustomResourceDefinition peerauthentications.security.istio.io",
            "CustomResourceDefinition requestauthentications.security.istio.io",
            "CustomResourceDefinition telemetries.telemetry.istio.io",
          ],
          "gateway": [
            "Namespace istio-ingress",
            "ServiceAccount istio-ingress/istio-ingressgateway",
            "Role istio-ingress/istio-ingressgateway",
            "RoleBinding istio-ingress/istio-ingressgateway",
            "Service istio-ingress/istio-ingressgateway",
            "Deployment istio-ingress/istio-ingressgateway",
            "HorizontalPodAutoscaler istio-ingress/istio-ingressgateway",
          ],
          "security": [
            "PeerAuthentication istio-system/default",
          ],
          "tag": [
            "ValidatingWebhookConfiguration istiod-default-validator",
            "Service istio-system/istiod-revision-tag-default",
            "MutatingWebhookConfiguration istio-revision-tag-default",
          ],
        }
      `);
  });

  it('render the same on another machine', async () => {
    const other = await contextWithRealCharts();
    expect(await renderAll(everything, other)).toEqual(await renderAll(everything));
  });

  it('name no object twice, and put each into a namespace that is there by then', async () => {
    const seen = new Set<string>();
    const namespaces = new Set<string>();
    for (const objects of (await renderAll(everything)).values()) {
      for (const object of objects) {
        if (object.kind === 'Namespace') namespaces.add(object.metadata.name);
        const { namespace } = object.metadata;
        expect(
          namespace === undefined || namespaces.has(namespace),
          formatReference(referenceOf(object)),
        ).toBe(true);
        expect(seen.has(referenceKey(referenceOf(object)))).toBe(false);
        seen.add(referenceKey(referenceOf(object)));
      }
    }
  });

  it('leave to istiod what istiod writes: the caBundle, and a failurePolicy other than Fail', async () => {
    const webhooks = [...(await renderAll()).values()]
      .flat()
      .filter(({ kind }) => kind.endsWith('WebhookConfiguration'))
      .flatMap((object) => object.webhooks as { failurePolicy: string; clientConfig: object }[]);
    expect(webhooks.length).toBeGreaterThan(2);
    expect(webhooks.filter(({ failurePolicy }) => failurePolicy !== 'Fail')).toEqual([]);
    expect(webhooks.filter(({ clientConfig }) => 'caBundle' in clientConfig)).toEqual([]);
  });

  it('leave the number of istiod’s replicas to its autoscaler', async () => {
    const stage = (await renderAll()).get('control-plane');
    expect(stage?.find(({ kind }) => kind === 'Deployment')?.spec).not.toHaveProperty('replicas');
    expect(names(stage)).toContain('HorizontalPodAutoscaler istio-system/istiod-1-31-0');
  });

  it('tell istiod about the CNI agent where there is one', async () => {
    const injectorOf = async (spec: Spec) => {
      const object = (await renderAll(spec))
        .get('control-plane')
        ?.find(
          ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'istio-sidecar-injector-1-31-0',
        );
      const { values } = object?.data as { values: string };
      return (JSON.parse(values) as { pilot: { cni: { enabled: boolean } } }).pilot.cni.enabled;
    };
    expect(
      await injectorOf({ mesh: { components: ['cni'], values: { istiod: { pilot: { env: { A: 'b' } } } } } }),
    ).toBe(true);
    expect(await injectorOf({})).toBe(false);
  });

  it('take the values of the pattern', async () => {
    const values = {
      istiod: { global: { hub: 'mirror.example.test' }, pilot: { tag: '1.31.0-distroless' } },
    };
    const deployment = (await renderAll({ mesh: { values } }))
      .get('control-plane')
      ?.find(({ kind }) => kind === 'Deployment');
    expect(JSON.stringify(deployment)).toContain('"mirror.example.test/pilot:1.31.0-distroless"');
  });

  it('say in Helm’s words what is wrong with values', async () => {
    await expect(renderAll({ mesh: { values: { istiod: { profile: 'nope' } } } })).rejects.toMatchObject({
      code: 'CHART_RENDER_FAILED',
      message: expect.stringContaining('unknown profile nope') as string,
    });
  });
});

describe('the charts of two versions', () => {
  const older = installation({ version: '1.31.0', revision: '1-31-0' });
  const newer: Spec = { mesh: { version: '1.31.1' } };

  it('share nothing of their control planes but the account that reads', async () => {
    const before = names((await renderAll()).get('control-plane'));
    const after = names((await renderAll(newer, context, [older])).get('control-plane'));
    expect(before.filter((name) => after.includes(name))).toEqual([
      'ServiceAccount istio-system/istio-reader-service-account',
    ]);
    expect(after).toContain('Deployment istio-system/istiod-1-31-1');
  });

  it('move the same objects from one control plane to the other', async () => {
    const before = (await renderAll()).get('tag') ?? [];
    const after = (await renderAll(newer, context, [older])).get('tag') ?? [];
    expect(names(after)).toEqual(names(before));
    expect(after.map(({ metadata }) => metadata.labels?.['istio.io/rev'])).toEqual(after.map(() => '1-31-1'));
    expect(JSON.stringify(after)).not.toContain('1-31-0');
    expect(JSON.stringify(after)).toContain('"name":"istiod-1-31-1"');
  });

  it('are known by detection and verification as what they are', async () => {
    const objects = [
      ...[...(await renderAll()).values()].flat(),
      ...((await renderAll(newer, context, [older])).get('control-plane') ?? []),
    ];
    const { cluster } = fakeContext({ objects });
    expect(await injectingRevision(cluster)).toBe('1-31-0');
    const found = await detect(cluster);
    expect(found.map(({ version, revision }) => ({ version, revision }))).toEqual([
      { version: '1.31.0', revision: '1-31-0' },
      { version: '1.31.1', revision: '1-31-1' },
    ]);
  });

  it('say in the gateway’s template which version it is, so that a new one rolls by itself', async () => {
    const spec: Spec = { mesh: { components: ['gateway'] } };
    const live = (await renderAll(spec)).get('gateway') ?? [];
    const pod = podOf(
      'gateway-1',
      'istio-ingress',
      { kind: 'ReplicaSet', name: 'gateway-rs', controller: true },
      { proxy: 'proxyv2:dev', revision: '1-30-0' },
    );
    const replicaSet: KubernetesObject = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: 'gateway-rs',
        namespace: 'istio-ingress',
        ownerReferences: [{ kind: 'Deployment', name: 'istio-ingressgateway', controller: true }],
      },
    };
    const onCluster = { ...context, cluster: fakeContext({ objects: [...live, replicaSet, pod] }).cluster };
    const restartsOf = async (version: string) => {
      const change = meshChange({ mesh: { components: ['gateway'], version } }, { installations: [older] });
      const { settle } = await plan(change, onCluster);
      return settle.find(({ id }) => id === 'gateway')?.restarts?.map(({ name }) => name);
    };
    expect(await restartsOf('1.31.0')).toEqual(['istio-ingressgateway']);
    expect(await restartsOf('1.31.1')).toEqual([]);
  });
});

describe('a control plane without a revision', () => {
  it('has the names of Istio’s guides, and an injector of its own instead of a tag', async () => {
    const stages = await renderAll({ mesh: { upgrade: 'in-place' } });
    expect(names(stages.get('control-plane'))).toEqual(
      expect.arrayContaining(['Deployment istio-system/istiod', 'Service istio-system/istiod']),
    );
    expect(names(stages.get('tag'))).toEqual([
      'ValidatingWebhookConfiguration istiod-default-validator',
      'MutatingWebhookConfiguration istio-sidecar-injector',
    ]);
    const { cluster } = fakeContext({ objects: [...stages.values()].flat() });
    expect(await injectingRevision(cluster)).toBe('default');
  });

  it('injects by the tag where istioctl installed it, under the name of its release', async () => {
    const [istiod = {}] = [...(await renderAll({ mesh: { upgrade: 'in-place' } })).values()]
      .flat()
      .filter(({ kind }) => kind === 'Deployment');
    const live = istiod as KubernetesObject;
    const objects = [
      { ...live, metadata: { ...live.metadata, labels: { ...live.metadata.labels, release: 'istio' } } },
      injector('default', { tag: 'default' }),
    ];
    const onCluster = { ...context, cluster: fakeContext({ objects }).cluster };
    const foreign = installation({ revision: 'default', managedBy: 'istioctl' });
    const stages = await renderAll({}, onCluster, [foreign], true);
    const tag = stages.get('tag') ?? [];
    expect(names(tag)).toEqual([
      'ValidatingWebhookConfiguration istiod-default-validator',
      'Service istio-system/istiod-revision-tag-default',
      'MutatingWebhookConfiguration istio-sidecar-injector',
      'MutatingWebhookConfiguration istio-revision-tag-default',
    ]);
    const { cluster } = fakeContext({ objects: tag });
    expect((await injectors(cluster)).map(({ metadata }) => metadata.name)).toEqual([
      'istio-revision-tag-default',
    ]);
    const deployment = stages.get('control-plane')?.find(({ kind }) => kind === 'Deployment');
    expect(JSON.stringify(deployment)).toContain('"app.kubernetes.io/instance":"istio"');
  });

  it('is taken over as the same objects that Helm installs', async () => {
    const installed = await context.charts.template({
      chart: 'istiod',
      version: '1.31.0',
      releaseName: 'istiod',
      namespace: 'istio-system',
      values: {},
      kubeVersion: '1.36.3',
      apiVersions: [],
      includeCrds: true,
    });
    const foreign = installation({ revision: 'default', managedBy: 'helm' });
    const stages = await renderAll({}, context, [foreign], true);
    const ours = [...(stages.get('control-plane') ?? []), ...(stages.get('tag') ?? [])];
    for (const object of installed) {
      const taken = ours.find(
        (it) => formatReference(referenceOf(it)) === formatReference(referenceOf(object)),
      );
      expect(taken).toEqual(withoutRacingFields(object));
    }
  });
});
