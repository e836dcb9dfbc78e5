import type { KubernetesObject, MeshSpec, PatternSnapshot } from '@meshwright/model';
import type { Installation, MeshChange } from '@meshwright/plugin-sdk';
import { sampleChange, sampleInstallation, sampleMesh, sampleSnapshot } from '@meshwright/plugin-testkit';

export function meshSpec(overrides: Partial<MeshSpec> = {}): MeshSpec {
  return sampleMesh({ type: 'cilium', version: '1.20.2', mode: 'node', ...overrides });
}

/** A change of a pattern, by default to be applied, and of nothing that is there. */
export function meshChange(
  mesh: Partial<MeshSpec> = {},
  rest: Partial<Omit<MeshChange, 'snapshot'>> & {
    snapshot?: Partial<Omit<PatternSnapshot, 'pattern'>>;
  } = {},
): MeshChange {
  const { snapshot, ...change } = rest;
  return sampleChange(sampleSnapshot('network', { ...snapshot, spec: { mesh: meshSpec(mesh) } }), change);
}

export function installation(overrides: Partial<Installation> = {}): Installation {
  return sampleInstallation({ version: '1.20.2', mode: 'node', namespace: 'kube-system', ...overrides });
}

interface DaemonSetOptions {
  version?: string;
  image?: string;
  nodes?: number;
  ready?: number;
  updated?: number;
  metadata?: Partial<KubernetesObject['metadata']>;
}

/** The agents, or another DaemonSet, as the server keeps them. */
export function daemonSet(name: string, options: DaemonSetOptions = {}): KubernetesObject {
  const { version = '1.20.2', nodes = 2, ready = nodes, updated = nodes, metadata = {} } = options;
  const { image = `quay.io/cilium/cilium:v${version}@sha256:${'0'.repeat(64)}` } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name,
      namespace: 'kube-system',
      generation: 1,
      labels: { 'k8s-app': name },
      annotations: { 'meta.helm.sh/release-name': 'cilium' },
      ...metadata,
    },
    spec: { template: { spec: { containers: [{ name: 'cilium-agent', image }] } } },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: nodes,
      updatedNumberScheduled: updated,
      numberReady: ready,
    },
  };
}

export function deployment(
  name: string,
  { available = true, version = '1.20.2' }: { available?: boolean; version?: string } = {},
): KubernetesObject {
  const image = `quay.io/cilium/operator-generic:v${version}`;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'kube-system', generation: 1 },
    spec: { replicas: 1, template: { spec: { containers: [{ name, image }] } } },
    status: {
      observedGeneration: 1,
      updatedReplicas: 1,
      conditions: [{ type: 'Available', status: available ? 'True' : 'False' }],
    },
  };
}

/** A pod in a namespace, on a node. */
export function pod(
  name: string,
  options: {
    namespace?: string;
    node?: string;
    labels?: Record<string, string>;
    owner?: string;
    host?: boolean;
  } = {},
): KubernetesObject {
  const { namespace = 'shop', node = 'one', labels = {}, owner, host } = options;
  const owned = { kind: 'DaemonSet', name: owner, controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, ...(owner === undefined ? {} : { ownerReferences: [owned] }) },
    spec: { containers: [{ name: 'main' }], nodeName: node, ...(host === true ? { hostNetwork: true } : {}) },
    status: { phase: 'Running' },
  };
}

/** An object of one of Cilium's kinds. */
export function custom(kind: string, name: string, rest: Partial<KubernetesObject> = {}): KubernetesObject {
  return { apiVersion: 'cilium.io/v2', kind, metadata: { name }, ...rest };
}

/** Settings of Cilium as they are live. */
export function settings(
  data: Record<string, string>,
  metadata: Partial<KubernetesObject['metadata']> = {},
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cilium-config', namespace: 'kube-system', ...metadata },
    data,
  };
}
