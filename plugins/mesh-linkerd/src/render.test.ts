import type { ChartRequest, KubernetesObject } from '@meshwright/model';
import type { ChartsPort, MeshStage } from '@meshwright/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { stages } from './names.ts';
import { render } from './render.ts';
import { component, meshChange, planningContext, trustRoots } from './test-support/objects.ts';

/** Charts that render what is given, and remember what they were asked. */
function chartsWith(objects: KubernetesObject[] = []): ChartsPort & { asked: ChartRequest[] } {
  const asked: ChartRequest[] = [];
  return {
    asked,
    template: (request) => {
      asked.push(request);
      return Promise.resolve(objects);
    },
  };
}

async function rendered(
  stage: MeshStage,
  spec: Parameters<typeof meshChange>[0],
  { objects = [], live = [] }: { objects?: KubernetesObject[]; live?: KubernetesObject[] } = {},
) {
  const charts = chartsWith(objects);
  const made = await render(stage, meshChange(spec), planningContext({ objects: live }, { charts }));
  return { made, values: charts.asked[0]?.values ?? {} };
}

describe('the control plane', () => {
  it('is given everything that its chart would make anew each time', async () => {
    const { made, values } = await rendered(stages['control-plane'], {});
    expect(Object.keys(values).sort()).toEqual([
      'heartbeatSchedule',
      'identity',
      'identityTrustAnchorsPEM',
      'policyValidator',
      'profileValidator',
      'proxyInjector',
    ]);
    expect(made.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Secret linkerd-identity-issuer',
      'Secret linkerd-proxy-injector-k8s-tls',
      'Secret linkerd-sp-validator-k8s-tls',
      'Secret linkerd-policy-validator-k8s-tls',
    ]);
    expect(made.every((object) => !('data' in object))).toBe(true);
    expect(JSON.stringify(values)).not.toContain('PRIVATE');
  });

  it('asks for its version once a day, at the time it always did', async () => {
    const schedule = async (spec: Parameters<typeof meshChange>[0], live: KubernetesObject[] = []) =>
      (await rendered(stages['control-plane'], spec, { live })).values.heartbeatSchedule;
    const own = await schedule({});
    expect(own).toMatch(/^\d{1,2} \d{1,2} \* \* \*$/);
    expect(await schedule({})).toBe(own);
    const cronJob = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'linkerd-heartbeat', namespace: 'linkerd' },
      spec: { schedule: '1 2 * * *' },
    };
    expect(await schedule({}, [cronJob])).toBe('1 2 * * *');
    const values = { 'linkerd-control-plane': { heartbeatSchedule: '3 4 * * *' } };
    expect(await schedule({ mesh: { values } }, [cronJob])).toBe('3 4 * * *');
  });

  it('writes the numbers of its trust beside the bundle, and takes none of the pattern’s own values away', async () => {
    const values = {
      'linkerd-control-plane': { controllerReplicas: 3, identity: { issuer: { issuanceLifetime: '1h' } } },
    };
    const { made, values: given } = await rendered(
      stages['control-plane'],
      { mesh: { values, trust: { anchors: [1, 2], issuer: 3 } }, security: { mtls: 'strict' } },
      { objects: [trustRoots('PEM', { a: 'b' })] },
    );
    const roots = made.find(({ kind }) => kind === 'ConfigMap');
    expect(roots?.metadata.annotations).toEqual({ a: 'b', 'meshwright.dev/trust': 'anchors=1+2 issuer=3' });
    expect(given).toMatchObject({
      controllerReplicas: 3,
      identity: { issuer: { issuanceLifetime: '1h', scheme: 'kubernetes.io/tls' } },
      proxy: { defaultInboundPolicy: 'all-authenticated' },
    });
  });

  it('is said to be rendered by the tool that did, while its version stays', async () => {
    const cli = { metadata: { annotations: { 'linkerd.io/created-by': 'linkerd/cli edge-26.8.3' } } };
    const live = [component('linkerd-destination', cli)];
    const of = async (version: string) =>
      (await rendered(stages['control-plane'], { mesh: { version } }, { live })).values.cliVersion;
    expect(await of('2026.8.3')).toBe('linkerd/cli edge-26.8.3');
    expect(await of('2026.8.4')).toBeUndefined();
  });

  it('keeps the digest in its pods while its webhooks’ certificates are those of the cluster', async () => {
    const webhooks = [
      ['MutatingWebhookConfiguration', 'linkerd-proxy-injector-webhook-config'],
      ['ValidatingWebhookConfiguration', 'linkerd-sp-validator-webhook-config'],
      ['ValidatingWebhookConfiguration', 'linkerd-policy-validator-webhook-config'],
    ].map(([kind = '', name = '']) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      metadata: { name },
      webhooks: [{ name: 'x', clientConfig: { caBundle: 'QQ==' } }],
    }));
    const deployment = (value: string) =>
      component('linkerd-destination', { annotations: { 'checksum/config': value, other: value } });
    const digestWith = async (live: KubernetesObject[]) => {
      const objects = [deployment('new'), ...webhooks];
      const { made } = await rendered(stages['control-plane'], {}, { objects, live });
      const found = made.find(({ kind }) => kind === 'Deployment');
      return (found?.spec as { template: { metadata: { annotations: object } } }).template.metadata
        .annotations;
    };
    expect(await digestWith([deployment('old'), ...webhooks])).toEqual({
      'checksum/config': 'old',
      other: 'new',
    });
    expect(await digestWith([deployment('old'), ...webhooks.slice(1)])).toEqual({
      'checksum/config': 'new',
      other: 'new',
    });
  });
});

describe('the CRDs', () => {
  const gatewayApi = (annotations: Record<string, string>): KubernetesObject => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'httproutes.gateway.networking.k8s.io', annotations },
  });

  it('come with those of the Gateway API unless somebody else has brought them, or the pattern says otherwise', async () => {
    const valuesWith = async (live: KubernetesObject[], values: Record<string, unknown> = {}) =>
      (await rendered(stages.crds, { mesh: { values: { 'linkerd-crds': values } } }, { live })).values;
    expect(await valuesWith([])).toEqual({ installGatewayAPI: true });
    expect(await valuesWith([gatewayApi({ 'linkerd.io/created-by': 'x' })])).toEqual({
      installGatewayAPI: true,
    });
    expect(await valuesWith([gatewayApi({})])).toEqual({ installGatewayAPI: false });
    expect(await valuesWith([gatewayApi({})], { enableTlsRoutes: true })).toEqual({ enableTlsRoutes: true });
  });

  it('come with the namespace as linkerd install has it', async () => {
    const { made } = await rendered(stages.crds, {});
    expect(made[0]).toMatchObject({
      kind: 'Namespace',
      metadata: { labels: { 'config.linkerd.io/admission-webhooks': 'disabled' } },
    });
  });
});

it('gives an extension its namespace with the label by which Linkerd finds it, and no Job for that', async () => {
  const { made, values } = await rendered(stages.viz, { mesh: { components: ['viz'] } });
  expect(made.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'Namespace linkerd-viz',
    'Secret tap-k8s-tls',
    'Secret tap-injector-k8s-tls',
  ]);
  expect(made[0]?.metadata.labels).toMatchObject({ 'linkerd.io/extension': 'viz' });
  expect(values).toMatchObject({ createNamespaceMetadataJob: false, tap: { externalSecret: true } });
});

it('renders nothing for another stage', async () => {
  await expect(rendered(stages.verify, {})).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
