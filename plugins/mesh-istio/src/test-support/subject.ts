import { type KubernetesObject, type ObjectReference, referenceOf } from '@meshwright/model';
import type { MeshSubject, TrialCluster } from '@meshwright/plugin-testkit';
import { charts, Component, systemNamespace } from '../names.ts';
import { meshIstio } from '../plugin.ts';
import { meshSpec } from './objects.ts';

const [older, newer] = ['1.31.0', '1.31.1'];
const admission = 'admissionregistration.k8s.io/v1';
const istiod = 'pilot-discovery';
/** Any PEM text will do: simulated pods serve no webhook that could be trusted by it. */
const bundle = Buffer.from('-----BEGIN CERTIFICATE-----\nsimulated\n-----END CERTIFICATE-----\n').toString(
  'base64',
);

/** What the conformance suite is told of Istio. Both versions are one source under two numbers. */
export const subject: MeshSubject = {
  plugin: meshIstio,
  versions: { older, newer },
  charts: ['base', 'istiod', 'cni', 'ztunnel', 'gateway'],
  namespace: systemNamespace,
  mesh: (version) => meshSpec({ version }),
  everything: (version) => meshSpec({ version, components: Object.values(Component) }),
  refused: [
    { what: 'no version', mesh: meshSpec({ version: 'newest' }), field: 'mesh.version' },
    { what: 'a version of long ago', mesh: meshSpec({ version: '1.9.0' }), field: 'mesh.version' },
    { what: 'an unknown component', mesh: meshSpec({ components: ['gatewey'] }), field: 'mesh.components' },
    { what: 'an unknown chart', mesh: meshSpec({ values: { pilot: {} } }), field: 'mesh.values.pilot' },
    {
      what: 'a value that the plugin decides',
      mesh: meshSpec({ values: { istiod: { revision: 'mine' } } }),
      field: 'mesh.values.istiod.revision',
    },
  ],
  tooOld: '1.24.0',
  // A pod of an enrolled namespace waits for the webhook of an istiod that does not run.
  replicas: 0,
  standIn: (cluster, mesh) =>
    Promise.resolve({
      async applied(stage, namespaces) {
        if (!isOfControlPlane(stage)) return;
        await fillWebhooks(cluster);
        const live = (await cluster.list({ apiVersion: 'v1', kind: 'Namespace' })).map(
          (each) => each.metadata.name,
        );
        const served = namespaces.filter((namespace) => live.includes(namespace));
        for (const object of madeByIstiod(served)) await mesh.apply(object, istiod);
      },
      stop: () => Promise.resolve(),
    }),
  rewrites: [
    {
      what: 'istiod renews the certificate in its webhooks',
      write: (cluster) =>
        fillWebhooks(cluster, Buffer.from('-----BEGIN CERTIFICATE-----\nnewer\n').toString('base64')),
    },
    { what: 'the autoscaler of istiod changes its replicas', write: scaleIstiod },
  ],
  helm: (version) =>
    Promise.resolve({
      releases: (['base', 'istiod'] as const).map((chart) => ({
        chart,
        name: charts[chart].releaseName,
        namespace: charts[chart].namespace,
        values: {},
      })),
      mesh: meshSpec({ version }),
    }),
  leaves: [],
  dataPlane: { triedBy: 'tools/quickstart/src/lifecycle.e2e.test.ts' },
};

/** The stages, forward and back, after which an istiod runs. */
function isOfControlPlane(stage: string): boolean {
  return ['control-plane', 'tag', 'helm'].some((each) => stage === each || stage === `undo-${each}`);
}

async function webhooksOf(cluster: TrialCluster): Promise<KubernetesObject[]> {
  const kinds = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];
  const found = await Promise.all(kinds.map((kind) => cluster.list({ apiVersion: admission, kind })));
  return found.flat().filter(({ metadata }) => metadata.name.includes('istio'));
}

/** Puts a certificate into the mesh's webhooks, and lets validation fail closed, as istiod does once it leads. */
async function fillWebhooks(cluster: TrialCluster, caBundle = bundle): Promise<void> {
  for (const object of await webhooksOf(cluster)) {
    const webhooks = (object.webhooks as { clientConfig: object }[]).map((webhook) => ({
      ...webhook,
      clientConfig: { ...webhook.clientConfig, caBundle },
      failurePolicy: 'Fail',
    }));
    await cluster.patch(referenceOf(object), { webhooks }, istiod);
  }
}

/** What istiod makes by itself once it runs. */
function madeByIstiod(namespaces: readonly string[]): KubernetesObject[] {
  const root = (namespace: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'istio-ca-root-cert', namespace, labels: { 'istio.io/config': 'true' } },
    data: { 'root-cert.pem': 'simulated' },
  });
  const place = { namespace: systemNamespace };
  return [
    ...[systemNamespace, ...namespaces].map(root),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...place, name: 'istio-ca-secret' },
      stringData: { 'root-cert.pem': 'simulated' },
    },
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { ...place, name: 'istio-namespace-controller-election' },
    },
  ];
}

async function scaleIstiod(cluster: TrialCluster): Promise<void> {
  const place = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: systemNamespace };
  for (const { metadata } of await cluster.list({ ...place, labelSelector: 'app=istiod' })) {
    const reference: ObjectReference = { ...place, name: metadata.name };
    await cluster.patch(reference, { spec: { replicas: 2 } }, 'kube-controller-manager');
  }
}
