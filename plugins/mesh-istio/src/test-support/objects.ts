import type { KubernetesObject, MeshSpec, PatternSnapshot } from '@meshwright/model';
import type { Installation, VerifyChange } from '@meshwright/plugin-sdk';

export function meshSpec(overrides: Partial<MeshSpec> = {}): MeshSpec {
  return {
    type: 'istio',
    version: '1.31.0',
    mode: 'sidecar',
    upgrade: 'canary',
    components: [],
    values: {},
    ...overrides,
  };
}

export function snapshot(
  spec: Partial<Omit<PatternSnapshot['pattern']['spec'], 'mesh'>> & { mesh?: Partial<MeshSpec> } = {},
): PatternSnapshot {
  return {
    path: 'patterns/shop.yaml',
    pattern: {
      apiVersion: 'meshwright.dev/v1alpha1',
      kind: 'Pattern',
      metadata: { name: 'shop' },
      spec: {
        targets: [{ cluster: 'local', wave: 0 }],
        workloads: [],
        traffic: [],
        resources: [],
        approval: { required: false, approvers: [], quorum: 0, expiresAfterSeconds: 60 },
        ...spec,
        mesh: meshSpec(spec.mesh),
      },
    },
    workloads: [],
    traffic: [],
    resources: [],
  };
}

export function installation(overrides: Partial<Installation> = {}): Installation {
  return {
    version: '1.31.0',
    revision: 'default',
    mode: 'sidecar',
    namespace: 'istio-system',
    managedBy: 'meshwright',
    healthy: true,
    notes: [],
    ...overrides,
  };
}

export function verifyChange(...enrolledNamespaces: string[]): VerifyChange {
  return { mesh: { type: 'istio', version: '1.31.0', mode: 'sidecar' }, enrolledNamespaces };
}

interface IstiodOptions {
  namespace?: string;
  revision?: string;
  version?: string | undefined;
  image?: string;
  available?: boolean;
  metadata?: Record<string, unknown>;
  env?: { name: string; value: string }[];
}

/** istiod's Deployment as the chart renders it and the server keeps it, as far as this plugin reads it. */
export function istiodDeployment(options: IstiodOptions = {}): KubernetesObject {
  const {
    namespace = 'istio-system',
    revision = 'default',
    available = true,
    metadata = {},
    env = [],
  } = options;
  const version = 'version' in options ? options.version : '1.31.0';
  const name = revision === 'default' ? 'istiod' : `istiod-${revision}`;
  const image = options.image ?? 'registry.istio.io/release/pilot:1.31.0';
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      generation: 1,
      labels: {
        app: 'istiod',
        'istio.io/rev': revision,
        'app.kubernetes.io/managed-by': 'Helm',
        ...(version === undefined ? {} : { 'app.kubernetes.io/version': version }),
      },
      ...metadata,
    },
    spec: { template: { metadata: {}, spec: { containers: [{ name: 'discovery', image, env }] } } },
    status: {
      observedGeneration: 1,
      updatedReplicas: 1,
      conditions: [{ type: 'Available', status: available ? 'True' : 'False', message: 'no pod is ready' }],
    },
  };
}

/** A running control plane: istiod with a pod and an endpoint, and webhooks that carry its certificate. */
export function controlPlane(caBundle = 'Y2E='): KubernetesObject[] {
  const webhook = (kind: string, name: string, app: string): KubernetesObject => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name, labels: { app, 'istio.io/rev': 'default' } },
    webhooks: [{ name: `${name}.istio.io`, clientConfig: caBundle === '' ? {} : { caBundle } }],
  });
  return [
    istiodDeployment(),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'istiod-1', namespace: 'istio-system', labels: { app: 'istiod' } },
      spec: { containers: [] },
      status: { phase: 'Running' },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: 'istiod-x',
        namespace: 'istio-system',
        labels: { 'kubernetes.io/service-name': 'istiod' },
      },
      endpoints: [{ conditions: { ready: true } }],
    },
    webhook('MutatingWebhookConfiguration', 'istio-sidecar-injector', 'sidecar-injector'),
    webhook('ValidatingWebhookConfiguration', 'istiod-default-validator', 'istiod'),
  ];
}

interface WorkloadOptions {
  namespace?: string;
  replicas?: number;
  kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  template?: { labels?: Record<string, string>; annotations?: Record<string, string>; hostNetwork?: boolean };
  pods?: PodOptions[];
}

interface PodOptions {
  /** The proxy's image; none for a pod without a proxy. */
  proxy?: string;
  native?: boolean;
  ready?: boolean;
  phase?: string;
  deleting?: boolean;
}

export const proxyImage = 'registry.istio.io/release/proxyv2:1.31.0';

/** A workload with its pods, named `<name>-<n>`, and the ReplicaSet between them where there is one. */
export function workload(name: string, options: WorkloadOptions = {}): KubernetesObject[] {
  const { namespace = 'shop', kind = 'Deployment', template = {}, pods = [{ proxy: proxyImage }] } = options;
  const replicas = options.replicas ?? pods.length;
  const { hostNetwork, ...metadata } = template;
  const owner = kind === 'Deployment' ? { kind: 'ReplicaSet', name: `${name}-rs` } : { kind, name };
  const replicaSet: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-rs`,
      namespace,
      ownerReferences: [{ kind: 'Deployment', name, controller: true }],
    },
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind,
      metadata: { name, namespace },
      spec: {
        ...(kind === 'DaemonSet' ? {} : { replicas }),
        template: {
          metadata,
          spec: { containers: [{ name: 'app' }], ...(hostNetwork === true ? { hostNetwork } : {}) },
        },
      },
      status: kind === 'DaemonSet' ? { desiredNumberScheduled: replicas } : {},
    },
    ...(kind === 'Deployment' ? [replicaSet] : []),
    ...pods.map((pod, index) => podOf(`${name}-${index}`, namespace, { ...owner, controller: true }, pod)),
  ];
}

function podOf(name: string, namespace: string, owner: object, options: PodOptions): KubernetesObject {
  const { proxy, native = false, ready = true, phase = 'Running', deleting = false } = options;
  const container = proxy === undefined ? [] : [{ name: 'istio-proxy', image: proxy }];
  const status = proxy === undefined ? [] : [{ name: 'istio-proxy', ready }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      ownerReferences: [owner],
      ...(deleting ? { deletionTimestamp: '2026-11-21T12:00:00Z' } : {}),
    },
    spec: {
      containers: [{ name: 'app' }, ...(native ? [] : container)],
      ...(native ? { initContainers: container.map((it) => ({ ...it, restartPolicy: 'Always' })) } : {}),
    },
    status: { phase, ...(native ? { initContainerStatuses: status } : { containerStatuses: status }) },
  };
}

/** A proxy's answer as Envoy 1.40 prints it, for the filter this plugin sends. */
export function proxyStatistics(
  overrides: { clusters?: number; listeners?: number; rejected?: number; streams?: number } = {},
): string {
  const { clusters = 3, listeners = 2, rejected = 0, streams = 1 } = overrides;
  return [
    '# TYPE envoy_cluster_manager_cds_update_rejected counter',
    `envoy_cluster_manager_cds_update_rejected{} 0`,
    '# TYPE envoy_cluster_manager_cds_update_success counter',
    `envoy_cluster_manager_cds_update_success{} ${clusters}`,
    '# TYPE envoy_listener_manager_lds_update_rejected counter',
    `envoy_listener_manager_lds_update_rejected{} ${rejected}`,
    '# TYPE envoy_listener_manager_lds_update_success counter',
    `envoy_listener_manager_lds_update_success{} ${listeners}`,
    '# TYPE envoy_cluster_upstream_rq_active gauge',
    `envoy_cluster_upstream_rq_active{cluster_name="xds-grpc"} ${streams}`,
    '',
  ].join('\n');
}
