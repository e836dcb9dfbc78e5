import { beforeAll, describe, expect, it } from 'vitest';
import { type KubernetesObject, formatReference, referenceKey, referenceOf } from '@meshwright/model';
import type { Installation, PluginContext } from '@meshwright/plugin-sdk';
import { plan } from './plan.ts';
import { render } from './render.ts';
import { contextWithRealCharts } from './test-support/real-charts.ts';
import { meshChange } from './test-support/objects.ts';

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
): Promise<Map<string, KubernetesObject[]>> {
  const change = meshChange(spec, { installations });
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
          "ValidatingWebhookConfiguration istiod-default-validator",
          "ServiceAccount istio-system/istiod",
          "ConfigMap istio-system/values",
          "ConfigMap istio-system/istio",
          "ConfigMap istio-system/istio-sidecar-injector",
          "ClusterRole istiod-clusterrole-istio-system",
          "ClusterRole istiod-gateway-controller-istio-system",
          "ClusterRole istio-reader-clusterrole-istio-system",
          "ClusterRoleBinding istiod-clusterrole-istio-system",
          "ClusterRoleBinding istiod-gateway-controller-istio-system",
          "ClusterRoleBinding istio-reader-clusterrole-istio-system",
          "Role istio-system/istiod",
          "RoleBinding istio-system/istiod",
          "Service istio-system/istiod",
          "Deployment istio-system/istiod",
          "HorizontalPodAutoscaler istio-system/istiod",
          "MutatingWebhookConfiguration istio-sidecar-injector",
          "ValidatingWebhookConfiguration istio-validator-istio-system",
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
    expect(names(stage)).toContain('HorizontalPodAutoscaler istio-system/istiod');
  });

  it('tell istiod about the CNI agent where there is one', async () => {
    const injectorOf = async (spec: Spec) => {
      const object = (await renderAll(spec))
        .get('control-plane')
        ?.find(
          ({ metadata }) => metadata.name === 'istio-sidecar-injector' && metadata.namespace !== undefined,
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
