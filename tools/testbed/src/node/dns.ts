import { COREDNS_IMAGE } from '../images/index.ts';
import { CLUSTER_DOMAIN } from './kubernetes.ts';
import type { NodeNetwork } from './network.ts';

const metadata = { name: 'coredns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };

/** The name by which Kubernetes knows the Service, whatever serves it. */
const SERVICE = 'kube-dns';

/** There is no forwarder: a testbed's pods have no way out of the machine, and a query for the world fails at once. */
const COREFILE = `.:53 {
    errors
    health
    ready
    kubernetes ${CLUSTER_DOMAIN} in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
    }
    cache 5
    reload
}
`;

/** An object, its name, and the path of the collection it belongs to. */
export interface ObjectAt {
  readonly path: string;
  readonly name: string;
  readonly object: object;
}

/** Cluster DNS in the form Kubernetes expects it: a Deployment behind the Service `kube-dns`. */
export function dnsObjects(network: NodeNetwork): ObjectAt[] {
  const { name } = metadata;
  const namespace = `/api/v1/namespaces/${metadata.namespace}`;
  return [
    { path: `${namespace}/serviceaccounts`, name, object: { metadata } },
    ...permissions(),
    { path: `${namespace}/configmaps`, name, object: { metadata, data: { Corefile: COREFILE } } },
    { path: `/apis/apps/v1/namespaces/${metadata.namespace}/deployments`, name, object: deployment() },
    { path: `${namespace}/services`, name: SERVICE, object: service(network) },
  ];
}

function permissions(): ObjectAt[] {
  const api = '/apis/rbac.authorization.k8s.io/v1';
  const name = 'system:coredns';
  const rules = [
    { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  ];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  const subjects = [{ kind: 'ServiceAccount', name: metadata.name, namespace: metadata.namespace }];
  return [
    { path: `${api}/clusterroles`, name, object: { metadata: { name }, rules } },
    { path: `${api}/clusterrolebindings`, name, object: { metadata: { name }, roleRef, subjects } },
  ];
}

function service(network: NodeNetwork): object {
  return {
    metadata: { ...metadata, name: SERVICE },
    spec: {
      clusterIP: network.dnsAddress,
      selector: metadata.labels,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    },
  };
}

function deployment(): object {
  return {
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: metadata.labels },
      template: { metadata: { labels: metadata.labels }, spec: podSpec() },
    },
  };
}

function podSpec(): object {
  return {
    serviceAccountName: metadata.name,
    dnsPolicy: 'Default',
    terminationGracePeriodSeconds: 0,
    tolerations: [{ operator: 'Exists' }],
    containers: [
      {
        name: 'coredns',
        image: COREDNS_IMAGE,
        imagePullPolicy: 'Never',
        args: ['-conf', '/etc/coredns/Corefile'],
        volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
        readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
      },
    ],
    volumes: [{ name: 'config', configMap: { name: metadata.name } }],
  };
}
