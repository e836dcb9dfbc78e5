import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@meshwright/model';
import { installation, workload } from '../../test-support/objects.ts';
import { type Scene, deployment, enrolled, find, lines, namespace, service } from '../test-support/look.ts';
import { definitions } from './definitions.ts';
import { gatewayApi } from './gateway-api.ts';
import { injectors } from './injectors.ts';
import { kubernetesVersion } from './kubernetes-version.ts';
import { restarts } from './restarts.ts';
import { revisions } from './revisions.ts';
import { settings } from './settings.ts';

const ourField = { managedFields: [{ manager: 'meshwright', operation: 'Apply' }] };

describe('the version of Kubernetes', () => {
  it.each<[string, string, string]>([
    ['1.31.0', 'v1.31.9', '! Kubernetes 1.31.9: Istio 1.31.0 needs Kubernetes 1.32 or newer'],
    [
      '1.28.3',
      'v1.35.0-gke.10',
      'Kubernetes 1.35.0-gke.10: Istio 1.28.3 was released for Kubernetes up to 1.34',
    ],
    ['1.99.0', 'v1.36.3', 'Kubernetes 1.36.3: nothing is known here of Istio 1.99.0 on it'],
  ])('for Istio %s is told of where it is %s', async (version, kubernetes, line) => {
    expect(await lines(kubernetesVersion, { spec: { mesh: { version } }, kubernetes })).toEqual([line]);
  });

  it.each(['v1.32.0', 'v1.36.3', 'v1.33.1+k3s1'])('%s is fine for Istio 1.31', async (kubernetes) => {
    expect(await lines(kubernetesVersion, { kubernetes })).toEqual([]);
  });
});

describe('definitions', () => {
  const crd = (metadata: object): KubernetesObject => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'sidecars.networking.istio.io', ...metadata },
  });
  const sail = { ownerReferences: [{ apiVersion: 'sailoperator.io/v1', kind: 'Istio' }] };

  it('that an operator keeps are in the way of an install', async () => {
    expect(await lines(definitions, { installations: [], live: [crd(sail)] })).toEqual([
      '! 1 CRD of Istio: sail-operator keeps them and would take every change back',
    ]);
  });

  it('that Helm left are a warning', async () => {
    const live = [crd({ annotations: { 'meta.helm.sh/release-name': 'istio-base' } })];
    expect(await find(definitions, { installations: [], live })).toMatchObject([
      { blocks: false, remedy: expect.stringContaining('conflicts: take') as string },
    ]);
  });

  it.each<[string, Scene]>([
    ['of Meshwright’s own', { installations: [], live: [crd(ourField)] }],
    ['of another project', { installations: [], live: [crd({ ...sail, name: 'x.example.test' })] }],
    ['while nothing of the mesh is new', { live: [crd(sail)] }],
  ])('%s are fine', async (_name, scene) => {
    expect(await lines(definitions, scene)).toEqual([]);
  });

  it('of a kind of Kubernetes that is turned off are missed', async () => {
    const missingKinds = ['autoscaling/v2/HorizontalPodAutoscaler'];
    expect(await lines(definitions, { missingKinds })).toEqual([
      '! autoscaling/v2/HorizontalPodAutoscaler: the API server does not serve this kind, which Istio needs',
    ]);
  });
});

describe('the Gateway API', () => {
  const kind = 'gateway.networking.k8s.io/v1/HTTPRoute';
  const route = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'r', namespace: 'shop' },
  };

  it('is missed where the pattern has routes, with what to install', async () => {
    const [found] = await find(gatewayApi, { missingKinds: [kind], pattern: [route] });
    expect(found).toMatchObject({ object: kind, blocks: true });
    expect(found?.remedy).toContain('Gateway API v1.6.0 (standard-install.yaml');
  });

  it('is not missed where nothing needs it, or the pattern brings it', async () => {
    expect(await lines(gatewayApi, { missingKinds: [kind] })).toEqual([]);
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'httproutes.gateway.networking.k8s.io' },
      spec: { group: 'gateway.networking.k8s.io', names: { kind: 'HTTPRoute' }, versions: [{ name: 'v1' }] },
    };
    expect(await lines(gatewayApi, { missingKinds: [kind], pattern: [route, crd] })).toEqual([]);
  });

  it('of an old release is not read by Istio 1.31', async () => {
    const crd = (bundle: string) => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {
        name: 'tlsroutes.gateway.networking.k8s.io',
        annotations: { 'gateway.networking.k8s.io/bundle-version': bundle },
      },
    });
    expect(await lines(gatewayApi, { installations: [], live: [crd('v1.4.0-rc.1')] })).toHaveLength(1);
    expect(await lines(gatewayApi, { installations: [], live: [crd('v1.5.0-rc.1')] })).toEqual([]);
  });
});

describe('values', () => {
  it('name variables that this version no longer reads', async () => {
    const env = { METRIC_ROTATION_INTERVAL: '10s', PILOT_TRACE_SAMPLING: '1' };
    const spec = (version: string) => ({ mesh: { version, values: { istiod: { pilot: { env } } } } });
    const found = await lines(settings, { spec: spec('1.31.0') });
    expect(found).toEqual([
      expect.stringContaining('METRIC_ROTATION_INTERVAL: Istio does not read') as string,
    ]);
    const installations = [installation({ version: '1.27.0' })];
    expect(await lines(settings, { spec: spec('1.27.0'), installations })).toEqual([]);
  });

  it.each(['1.31', '1.24', 'latest'])(
    'cannot ask 1.31 for the behaviour of %s',
    async (compatibilityVersion) => {
      const spec = { mesh: { values: { istiod: { compatibilityVersion } } } };
      expect(await find(settings, { spec })).toMatchObject([{ blocks: true }]);
    },
  );

  it('can ask it for that of 1.25', async () => {
    expect(
      await lines(settings, { spec: { mesh: { values: { istiod: { compatibilityVersion: '1.25' } } } } }),
    ).toEqual([]);
  });

  it('are told of defaults that an upgrade changes, unless they are settled', async () => {
    const installations = [installation({ version: '1.29.2' })];
    const [found] = await lines(settings, { installations });
    expect(found).toContain(
      'Istio 1.29 -> 1.31: defaults change: PILOT_SIDECAR_PICK_BEST_SERVICE_NAMESPACE (1.30)',
    );
    const settled = { mesh: { values: { istiod: { compatibilityVersion: '1.29' } } } };
    expect(await lines(settings, { installations, spec: settled })).toEqual([]);
  });
});

describe('an injector', () => {
  const webhooks = (metadata: object, overrides: object = {}): KubernetesObject => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'istio-sidecar-injector-old', ...metadata },
    webhooks: [
      {
        name: 'namespace.sidecar-injector.istio.io',
        clientConfig: { service: { namespace: 'old', name: 'istiod' } },
        namespaceSelector: {
          matchExpressions: [{ key: 'istio-injection', operator: 'In', values: ['enabled'] }],
        },
        objectSelector: {
          matchExpressions: [{ key: 'sidecar.istio.io/inject', operator: 'NotIn', values: ['false'] }],
        },
        ...overrides,
      },
    ],
  });
  const spec = { workloads: enrolled('shop') };
  const helm = { annotations: { 'meta.helm.sh/release-name': 'istiod' } };

  it('of another Istio for enrolled namespaces would inject twice', async () => {
    const live = [webhooks(helm), service('old/istiod')];
    expect(await lines(injectors, { spec, live })).toEqual([
      '! MutatingWebhookConfiguration istio-sidecar-injector-old: is kept by helm and injects into shop as well',
    ]);
    expect(await lines(injectors, { spec, live, adopt: true })).toEqual([]);
  });

  it('of another Istio for other namespaces is none of ours', async () => {
    const namespaceSelector = { matchLabels: { 'istio.io/rev': 'old' } };
    const live = [webhooks(helm, { namespaceSelector }), service('old/istiod')];
    expect(await lines(injectors, { spec, live })).toEqual([]);
  });

  it('that nobody answers keeps pods from starting', async () => {
    const [found] = await find(injectors, { spec, live: [webhooks(helm)] });
    expect(found).toMatchObject({
      blocks: true,
      remedy: expect.stringContaining('kubectl delete') as string,
    });
    expect(found?.problem).toContain('no pod would start in shop');
  });

  it('of Meshwright’s own is fine', async () => {
    expect(await lines(injectors, { spec, live: [webhooks(ourField)] })).toEqual([]);
  });

  it('that validates for nobody keeps Istio’s resources from being applied', async () => {
    const validator = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'old' },
      webhooks: [
        { name: 'validation.istio.io', clientConfig: { service: { namespace: 'old', name: 'istiod' } } },
      ],
    };
    expect(await find(injectors, { installations: [], live: [validator] })).toMatchObject([{ blocks: true }]);
  });

  it('of another mesh counts where a namespace or a workload asks for it', async () => {
    const linkerd = webhooks(
      { name: 'linkerd-proxy-injector-webhook-config' },
      { name: 'linkerd-proxy-injector.linkerd.io', clientConfig: {} },
    );
    const marked = {
      ...namespace('shop'),
      metadata: { name: 'shop', annotations: { 'linkerd.io/inject': 'enabled' } },
    };
    expect(await lines(injectors, { spec, live: [linkerd, marked] })).toEqual([
      expect.stringContaining('! Namespace shop: asks for a proxy of Linkerd too') as string,
    ]);
    expect(await lines(injectors, { spec, live: [marked] })).toEqual([]);
    expect(await lines(injectors, { live: [linkerd, marked] })).toEqual([]);
  });
});

describe('workloads that have to restart', () => {
  const upgrade = {
    spec: { workloads: enrolled('shop') },
    installations: [installation({ version: '1.30.0' })],
  };
  const budget = (spec: object): KubernetesObject => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  });
  const shop = namespace('shop', { 'istio-injection': 'enabled' });

  it.each<[string, object, number]>([
    ['maxUnavailable 0', { maxUnavailable: 0 }, 3],
    ['maxUnavailable 0 %', { maxUnavailable: '0%' }, 3],
    ['as many as there are', { minAvailable: 2 }, 2],
    ['all of them', { minAvailable: '100%' }, 4],
    ['a share that rounds up to all', { minAvailable: '60%' }, 1],
  ])('cannot, under a budget of %s', async (_name, spec, replicas) => {
    const live = [shop, deployment('web', { replicas }), budget(spec)];
    const [found] = await lines(restarts, { ...upgrade, live });
    expect(found).toContain('! PodDisruptionBudget shop/web: never lets Deployment shop/web restart');
  });

  it.each<[string, object, number]>([
    ['one may be away', { maxUnavailable: 1 }, 1],
    ['a share of one may be away', { maxUnavailable: '1%' }, 1],
    ['fewer than there are', { minAvailable: 1 }, 2],
    ['half of them', { minAvailable: '50%' }, 2],
    ['it selects others', { minAvailable: 2, selector: { matchLabels: { app: 'api' } } }, 2],
    ['there are none', { minAvailable: 1 }, 0],
  ])('can, where %s', async (_name, spec, replicas) => {
    const live = [shop, deployment('web', { replicas }), budget(spec)];
    expect(await lines(restarts, { ...upgrade, live })).toEqual([]);
  });

  it('are as many as an autoscaler made of them, where their manifest says nothing', async () => {
    const { spec, ...rest } = deployment('web');
    const manifest = { ...rest, spec: { template: (spec as { template: object }).template } };
    const live = [shop, deployment('web', { replicas: 3 }), budget({ minAvailable: 2 })];
    expect(await lines(restarts, { ...upgrade, manifests: { shop: [manifest] }, live })).toEqual([]);
  });

  it('are none that are not there yet', async () => {
    const scene = {
      manifests: { shop: [deployment('web', { replicas: 1 })] },
      live: [shop, budget({ minAvailable: 1 })],
    };
    expect(await lines(restarts, { ...upgrade, ...scene })).toEqual([]);
  });

  it('cannot while they are paused, or replace their pods only by hand', async () => {
    const live = [
      shop,
      deployment('web', { paused: true }),
      { ...deployment('db', { updateStrategy: { type: 'OnDelete' } }), kind: 'StatefulSet' },
    ];
    expect(await lines(restarts, { ...upgrade, live })).toEqual([
      '! Deployment shop/web: has to restart and is paused',
      expect.stringContaining('! StatefulSet shop/db: has to restart, and its pods') as string,
    ]);
  });

  it('are none where nothing changes, or nobody is to join', async () => {
    const live = [shop, deployment('web', { replicas: 1 }), budget({ minAvailable: 1 })];
    expect(await lines(restarts, { spec: upgrade.spec, live })).toEqual([]);
    expect(await lines(restarts, { installations: upgrade.installations, live })).toEqual([]);
  });

  it('are those of a namespace that joins, too', async () => {
    const live = [namespace('shop'), deployment('web', { replicas: 1 }), budget({ minAvailable: 1 })];
    expect(await lines(restarts, { spec: upgrade.spec, live })).toHaveLength(1);
  });
});

describe('proxies', () => {
  function proxied(name: string, revision: string, version: string): KubernetesObject[] {
    const objects = workload(name, { pods: [{ proxy: `registry.istio.io/release/proxyv2:${version}` }] });
    return objects.map((object) =>
      object.kind === 'Pod'
        ? {
            ...object,
            metadata: {
              ...object.metadata,
              labels: { 'istio.io/rev': revision },
              annotations: { 'sidecar.istio.io/status': JSON.stringify({ revision }) },
            },
          }
        : object,
    );
  }

  it('of a revision without a control plane are told of', async () => {
    const live = [...proxied('lost', 'gone', '1.31.0'), ...proxied('fine', '1-31-0', '1.31.0')];
    expect(await lines(revisions, { live })).toEqual([
      expect.stringContaining('Pod shop/lost-0: have proxies of the revision "gone"') as string,
    ]);
  });

  it('much older than the control plane they get are told of, unless they restart', async () => {
    const installations = [installation({ version: '1.30.0', revision: '1-30-0' })];
    const live = [...proxied('old', '1-30-0', '1.28.0'), ...proxied('fine', '1-30-0', '1.29.0')];
    expect(await lines(revisions, { installations, live })).toEqual([
      expect.stringContaining('Pod shop/old-0: have proxies more than 2 minor versions older') as string,
    ]);
    const shop = namespace('shop', { 'istio-injection': 'enabled' });
    const spec = { workloads: enrolled('shop') };
    expect(await lines(revisions, { installations, spec, live: [...live, shop] })).toEqual([]);
  });
});
