import type { MeshSubject, TrialCluster } from '@meshwright/plugin-testkit';
import { Component, systemNamespace } from '../names.ts';
import { meshCilium } from '../plugin.ts';
import { meshSpec } from './objects.ts';
import { standInForCilium } from './stand-in.ts';

const [older, newer] = ['1.19.7', '1.20.2'];
/** One operator has a place on a simulated node; the proxy of Services is Cilium's own. */
const simulated = { operator: { replicas: 1 }, kubeProxyReplacement: true, k8sServiceHost: 'api' };
const components = [Component.hubble, Component.hubbleUi];

/** The definitions without which it serves no Gateway. */
const gatewayApi = [
  'gatewayclasses',
  'gateways',
  'httproutes',
  'referencegrants',
  'grpcroutes',
  'backendtlspolicies',
  'tlsroutes',
];

const mesh = (version: string) => meshSpec({ version, components, values: { cilium: simulated } });

/** What the conformance suite is told of Cilium. Its charts are those of two minor versions. */
export const subject: MeshSubject = {
  plugin: meshCilium,
  versions: { older, newer },
  charts: ['cilium'],
  namespace: systemNamespace,
  mesh,
  everything: (version) =>
    meshSpec({ version, components: Object.values(Component), values: { cilium: simulated } }),
  prerequisites: gatewayApi.map((plural) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.gateway.networking.k8s.io` },
  })),
  refused: [
    { what: 'no version', mesh: meshSpec({ version: 'newest' }), field: 'mesh.version' },
    { what: 'a version of long ago', mesh: meshSpec({ version: '1.9.0' }), field: 'mesh.version' },
    { what: 'an upgrade beside the old one', mesh: meshSpec({ upgrade: 'canary' }), field: 'mesh.upgrade' },
    { what: 'an unknown component', mesh: meshSpec({ components: ['relay'] }), field: 'mesh.components' },
    { what: 'an unknown chart', mesh: meshSpec({ values: { agent: {} } }), field: 'mesh.values.agent' },
    {
      what: 'a value that the plugin decides',
      mesh: meshSpec({ values: { cilium: { preflight: { enabled: true } } } }),
      field: 'mesh.values.cilium.preflight.enabled',
    },
  ],
  tooOld: '1.16.0',
  replicas: 2,
  standIn: standInForCilium,
  rewrites: [
    { what: 'certificates are renewed by the CronJob', write: renewCertificates },
    { what: 'agents mark their nodes', write: markNodes },
  ],
  helm: (version) =>
    Promise.resolve({
      releases: [
        {
          chart: 'cilium',
          name: 'cilium',
          namespace: systemNamespace,
          values: { ...simulated, hubble: { relay: { enabled: true }, ui: { enabled: true } } },
        },
      ],
      mesh: mesh(version),
    }),
  leaves: [],
  dataPlane: { notTried: 'its images are not to be had here, so that no agent of it has run' },
};

async function renewCertificates(cluster: TrialCluster): Promise<void> {
  const name = 'hubble-server-certs';
  await cluster.apply(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: systemNamespace },
      stringData: { 'ca.crt': 'renewed' },
    },
    'cilium-certgen',
  );
}

async function markNodes(cluster: TrialCluster): Promise<void> {
  const kind = { apiVersion: 'v1', kind: 'Node' };
  for (const { metadata } of await cluster.list(kind)) {
    const annotations = { 'network.cilium.io/ipv4-pod-cidr': '10.0.0.0/24' };
    await cluster.patch({ ...kind, name: metadata.name }, { metadata: { annotations } }, 'cilium-agent');
  }
}
