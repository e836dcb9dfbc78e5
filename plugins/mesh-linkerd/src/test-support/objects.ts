import type { KubernetesObject, MeshSpec, PatternSpec } from '@meshwright/model';
import type {
  ChartsPort,
  Installation,
  MeshChange,
  PlanningContext,
  SecretsPort,
  VerifyChange,
} from '@meshwright/plugin-sdk';
import {
  type FakeCluster,
  fakeContext,
  keptInMemory,
  sampleChange,
  sampleInstallation,
  sampleMesh,
  sampleSnapshot,
} from '@meshwright/plugin-testkit';
import { digestOf } from '../trust/digest.ts';

export const version = '2026.8.3';

export function meshSpec(overrides: Partial<MeshSpec> = {}): MeshSpec {
  return sampleMesh({ type: 'linkerd', version, ...overrides });
}

export function installation(overrides: Partial<Installation> = {}): Installation {
  return sampleInstallation({ version, revision: 'any', namespace: 'linkerd', ...overrides });
}

type Spec = Partial<Omit<PatternSpec, 'mesh'>> & { mesh?: Partial<MeshSpec> };

const workloads = [{ namespace: 'shop', enroll: true, waypoint: false, manifests: [] }];

/** A change of a pattern whose one workload, in `shop`, is enrolled. */
export function meshChange(spec: Spec = {}, rest: Partial<Omit<MeshChange, 'snapshot'>> = {}): MeshChange {
  const content = { spec: { workloads, ...spec, mesh: meshSpec(spec.mesh) } };
  return sampleChange(sampleSnapshot('shop', content), rest);
}

export function verifyChange(revision: string, ...enrolledNamespaces: string[]): VerifyChange {
  return { mesh: { type: 'linkerd', version, mode: 'sidecar', revision, enrolledNamespaces } };
}

/** A cluster with these objects, an engine that keeps secrets, and charts that render what is given. */
export function planningContext(
  cluster: FakeCluster = {},
  { secrets = keptInMemory(), charts = noCharts }: { secrets?: SecretsPort; charts?: ChartsPort } = {},
): PlanningContext {
  return { ...fakeContext(cluster), secrets, charts };
}

const noCharts: ChartsPort = {
  template: () => Promise.reject(new Error('no chart is rendered in this test')),
};

const system = { namespace: 'linkerd' };

export function trustRoots(bundle: string, annotations: Record<string, string> = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...system, name: 'linkerd-identity-trust-roots', annotations },
    data: { 'ca-bundle.crt': bundle },
  };
}

/** A Secret with these entries. */
export function secret(
  name: string,
  type: string,
  entries: Record<string, string>,
  metadata: Partial<KubernetesObject['metadata']> = {},
): KubernetesObject {
  const data = Object.fromEntries(
    Object.entries(entries).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
  return { apiVersion: 'v1', kind: 'Secret', type, metadata: { ...system, name, ...metadata }, data };
}

/** A Deployment that serves, of a component of the control plane. */
export function component(
  name: string,
  { of = 'edge-26.8.3', annotations = {}, available = true, metadata = {} } = {},
): KubernetesObject {
  const labels = {
    'linkerd.io/control-plane-component': name.replace('linkerd-', ''),
    'app.kubernetes.io/version': of,
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...system, name, generation: 1, labels, ...metadata },
    spec: { replicas: 1, template: { metadata: { annotations }, spec: { containers: [] } } },
    status: {
      observedGeneration: 1,
      updatedReplicas: 1,
      conditions: [{ type: 'Available', status: available ? 'True' : 'False' }],
    },
  };
}

interface PodOptions {
  namespace?: string;
  proxy?: boolean;
  of?: string;
  bundle?: string;
  created?: string;
  ready?: boolean;
  owner?: string;
}

/** A running pod, by default with a ready proxy. */
export function pod(name: string, options: PodOptions = {}): KubernetesObject {
  const {
    namespace = 'shop',
    proxy = true,
    of = 'edge-26.8.3',
    bundle,
    created,
    ready = true,
    owner,
  } = options;
  const sidecar = { name: 'linkerd-proxy', image: `proxy:${of}`, restartPolicy: 'Always' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      ...(created === undefined ? {} : { creationTimestamp: created }),
      ...(owner === undefined
        ? {}
        : { ownerReferences: [{ kind: 'StatefulSet', name: owner, controller: true }] }),
      annotations: proxy
        ? {
            'linkerd.io/proxy-version': of,
            ...(bundle === undefined ? {} : { 'linkerd.io/trust-root-sha256': digestOf(bundle.trim()) }),
          }
        : {},
    },
    spec: { containers: [{ name: 'main' }], ...(proxy ? { initContainers: [sidecar] } : {}) },
    status: {
      phase: 'Running',
      ...(proxy ? { initContainerStatuses: [{ name: 'linkerd-proxy', ready }] } : {}),
    },
  };
}

export function statefulSet(
  name: string,
  { namespace = 'shop', annotations = {}, replicas = 1 } = {},
): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace },
    spec: { replicas, template: { metadata: { annotations }, spec: { containers: [{ name: 'main' }] } } },
  };
}
