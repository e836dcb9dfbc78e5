import type { KubernetesObject, MeshSpec, PatternSnapshot, PatternSpec } from '@meshwright/model';
import type { Installation, MeshChange, VerifyChange } from '@meshwright/plugin-sdk';
import { sampleChange, sampleInstallation, sampleMesh, sampleSnapshot } from '@meshwright/plugin-testkit';

export function meshSpec(overrides: Partial<MeshSpec> = {}): MeshSpec {
  return sampleMesh({ type: 'istio', version: '1.31.0', upgrade: 'canary', ...overrides });
}

type Spec = Partial<Omit<PatternSpec, 'mesh'>> & { mesh?: Partial<MeshSpec> };

export function snapshot(spec: Spec = {}): PatternSnapshot {
  return sampleSnapshot('shop', { spec: { ...spec, mesh: meshSpec(spec.mesh) } });
}

export function installation(overrides: Partial<Installation> = {}): Installation {
  return sampleInstallation({ version: '1.31.0', revision, namespace: 'istio-system', ...overrides });
}

/** A change of a pattern, by default to be applied and of an installation of Meshwright's own. */
export function meshChange(spec: Spec = {}, rest: Partial<Omit<MeshChange, 'snapshot'>> = {}): MeshChange {
  return sampleChange(snapshot(spec), rest);
}

export const revision = '1-31-0';

export function verifyChange(...enrolledNamespaces: string[]): VerifyChange {
  return { mesh: { type: 'istio', version: '1.31.0', mode: 'sidecar', revision, enrolledNamespaces } };
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
    revision: its = revision,
    available = true,
    metadata = {},
    env = [],
  } = options;
  const version = 'version' in options ? options.version : '1.31.0';
  const image = options.image ?? 'registry.istio.io/release/pilot:1.31.0';
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: named('istiod', its),
      namespace,
      generation: 1,
      labels: {
        app: 'istiod',
        'istio.io/rev': its,
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

function named(name: string, its: string): string {
  return its === 'default' ? name : `${name}-${its}`;
}

interface ControlPlaneOptions extends IstiodOptions {
  /** Without one, istiod has not written its certificate yet. */
  caBundle?: string;
}

/** A running control plane: istiod with a pod and an endpoint, and webhooks of its own that carry its certificate. */
export function istiod(options: ControlPlaneOptions = {}): KubernetesObject[] {
  const { revision: its = revision, caBundle = 'Y2E=' } = options;
  const app = { app: 'istiod', 'istio.io/rev': its };
  return [
    istiodDeployment(options),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `${named('istiod', its)}-1`, namespace: 'istio-system', labels: app },
      spec: { containers: [] },
      status: { phase: 'Running' },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${named('istiod', its)}-x`,
        namespace: 'istio-system',
        labels: { 'kubernetes.io/service-name': named('istiod', its) },
      },
      endpoints: [{ conditions: { ready: true } }],
    },
    ...(its === 'default' ? [] : [injector(its, { caBundle })]),
    validator(named('istio-validator', its), its, caBundle),
  ];
}

/** What decides that a control plane injects: its tag, or without a revision its injector; and the default validator. */
export function injection(options: { revision?: string; caBundle?: string } = {}): KubernetesObject[] {
  const { revision: its = revision, caBundle = 'Y2E=' } = options;
  return [
    injector(its, { caBundle, ...(its === 'default' ? { enabled: true } : { tag: 'default' }) }),
    validator('istiod-default-validator', its, caBundle),
  ];
}

/** A control plane that injects. */
export function controlPlane(options: ControlPlaneOptions = {}): KubernetesObject[] {
  return [...istiod(options), ...injection(options)];
}

/** A webhook configuration that injects: of a tag, into namespaces labelled `istio-injection`, or only of its revision. */
export function injector(
  its: string,
  { caBundle = 'Y2E=', tag, enabled }: { caBundle?: string; tag?: string; enabled?: boolean } = {},
): KubernetesObject {
  const name = tag === undefined ? named('istio-sidecar-injector', its) : `istio-revision-tag-${tag}`;
  const clientConfig = clientConfigOf(its, caBundle);
  const selecting = (key: string, value: string) => ({
    matchExpressions: [{ key, operator: 'In', values: [value] }],
  });
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: {
      name,
      labels: {
        app: 'sidecar-injector',
        'istio.io/rev': its,
        ...(tag === undefined ? {} : { 'istio.io/tag': tag }),
      },
    },
    webhooks: [
      { name: 'rev.istio.io', clientConfig, namespaceSelector: selecting('istio.io/rev', tag ?? its) },
      ...(tag === 'default' || enabled === true
        ? [
            {
              name: 'namespace.istio.io',
              clientConfig,
              namespaceSelector: selecting('istio-injection', 'enabled'),
            },
          ]
        : []),
    ],
  };
}

function validator(name: string, its: string, caBundle: string): KubernetesObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name, labels: { app: 'istiod', 'istio.io/rev': its } },
    webhooks: [{ name: 'validation.istio.io', clientConfig: clientConfigOf(its, caBundle) }],
  };
}

function clientConfigOf(its: string, caBundle: string): object {
  return { service: { name: named('istiod', its) }, ...(caBundle === '' ? {} : { caBundle }) };
}

interface WorkloadOptions {
  namespace?: string;
  replicas?: number;
  kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  metadata?: Record<string, unknown>;
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
  /** The revision that injected the proxy; by default the one of {@link revision}, and undefined where nothing says it. */
  revision?: string | undefined;
  labels?: Record<string, string>;
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
      metadata: { name, namespace, ...options.metadata },
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

/** A pod, with the proxy that injection gave it and what injection wrote down. */
export function podOf(
  name: string,
  namespace: string,
  owner: object | undefined,
  options: PodOptions = {},
): KubernetesObject {
  const its = 'revision' in options ? options.revision : revision;
  const { proxy, native = false, ready = true, phase = 'Running', deleting = false } = options;
  const container = proxy === undefined ? [] : [{ name: 'istio-proxy', image: proxy }];
  const status = proxy === undefined ? [] : [{ name: 'istio-proxy', ready }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      ...(owner === undefined ? {} : { ownerReferences: [owner] }),
      ...(options.labels === undefined ? {} : { labels: options.labels }),
      ...(proxy === undefined || its === undefined
        ? {}
        : { annotations: { 'sidecar.istio.io/status': JSON.stringify({ revision: its }) } }),
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
