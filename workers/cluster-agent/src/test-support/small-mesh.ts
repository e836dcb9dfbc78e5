import type { KubernetesObject, Leftover, MeshSpec, ObjectReference } from '@meshwright/model';
import {
  definePlugin,
  type Installation,
  type MeshChange,
  type MeshPlan,
  type MeshPlugin,
  type MeshStage,
  type PluginContext,
  type Verification,
} from '@meshwright/plugin-sdk';
import { sampleMesh } from '@meshwright/plugin-testkit';
import { ownGroup } from './widgets.ts';

/** What a test's mesh does differently. */
export interface SmallMeshOptions {
  /** The namespace of its control plane. */
  namespace: string;
  /** Stages that are never healthy. */
  unhealthy?: string[];
  /** Whether an upgrade begins with a temporary stage. */
  checks?: boolean;
  /** Whether its control plane makes the kinds of the group that is named after its namespace. */
  makesKinds?: boolean;
}

/** The label that enrolls a namespace in the small mesh. */
export const enrolledLabel = { small: 'yes' };

/**
 * A mesh of ConfigMaps: one for each revision of its control plane, and a tag that names the one that counts. A workload
 * is in the mesh once it was restarted. It never refuses anything.
 */
export function smallMesh(options: SmallMeshOptions): MeshPlugin {
  const { namespace, unhealthy = [] } = options;
  return definePlugin({
    id: 'small',
    displayName: 'Small',
    chartRepository: 'https://charts.invalid',
    capabilities: { modes: ['sidecar'], enroll: true, mutualTls: false, canaryUpgrade: true },
    validate: () => [],
    detect: ({ cluster }) => detect(cluster, namespace),
    plan: (change) => Promise.resolve(planOf(change, options)),
    render: (stage, { snapshot }) => {
      const { version } = snapshot.pattern.spec.mesh;
      const rendered = renderers[stage.id];
      return Promise.resolve(rendered === undefined ? [] : rendered(namespace, version));
    },
    verify: async (stage, { mesh }, { cluster }) => {
      if (unhealthy.includes(stage)) return failed(`${stage} is not healthy`);
      if (stage !== 'verify') return { state: 'healthy', note: `${stage} is healthy` };
      const tagged = await taggedRevision(cluster, namespace);
      if (tagged !== mesh.revision)
        return failed(`the tag is at ${tagged ?? 'nothing'}, not at ${mesh.revision}`);
      return { state: 'healthy', note: `verify is healthy at ${mesh.version}` };
    },
    enroll: () => ({ labels: enrolledLabel, annotations: {}, removeLabels: ['large'] }),
    exemptPort: (port) => ({ 'small/plain-port': String(port) }),
    enrollAt: (revision) => ({ labels: { small: revision }, annotations: {}, removeLabels: [] }),
    outdatedWorkloads: async (namespaces, mesh, { cluster }) => {
      const current = (await taggedRevision(cluster, namespace)) === mesh.revision;
      const workloads = await deploymentsIn(namespaces, cluster);
      return workloads.filter((workload) => !current || !isRestarted(workload)).map(reference);
    },
    meshedWorkloads: async (namespaces, { cluster }) =>
      (await deploymentsIn(namespaces, cluster)).filter(isRestarted).map(reference),
    containers: () => ({ proxies: [{ name: 'small-proxy' }], controlPlane: [] }),
    leftovers: ({ cluster }) => leftovers(cluster, namespace),
  });
}

/** The revision of a version of the small mesh. */
export function revisionOf(version: string): string {
  return version.replaceAll('.', '-');
}

function planOf(
  { snapshot, installations, purpose, adopt }: MeshChange,
  { namespace, checks = false, makesKinds = false }: SmallMeshOptions,
): MeshPlan {
  const { version } = snapshot.pattern.spec.mesh;
  const ours = installations.find((found) => found.version === version);
  const action = adopt
    ? 'adopt'
    : installations.length === 0
      ? 'install'
      : ours === undefined
        ? 'upgrade'
        : 'configure';
  const nothing = { prepare: [], switchOver: [], settle: [] };
  const stage = (id: string, kind: MeshStage['kind']): MeshStage => ({
    id,
    title: id,
    kind,
    timeoutSeconds: 60,
  });
  const checking: MeshStage[] =
    checks && action === 'upgrade' ? [{ ...stage('checks', 'apply'), temporary: true }] : [];
  const stages = {
    prepare: [...checking, stage('control-plane', 'apply')],
    switchOver: [stage('tag', 'apply')],
    settle: [stage('gateway', 'apply'), stage('verify', 'verify')],
  };
  return {
    action,
    version,
    revision: revisionOf(version),
    ...(purpose === 'uninstall' ? nothing : stages),
    ...(makesKinds ? { makesKindsOf: [ownGroup(namespace)] } : {}),
    preflight: [],
    confirmations: [],
    warnings: [],
  };
}

const renderers: Record<string, (namespace: string, version: string) => KubernetesObject[]> = {
  checks: (namespace) => [configMap(namespace, 'checks')],
  'control-plane': (namespace, version) => [namespaceObject(namespace), controlPlane(namespace, version)],
  tag: (namespace, version) => [configMap(namespace, 'tag', { revision: revisionOf(version) })],
  gateway: (namespace, version) => [deployment(namespace, 'gateway', { version })],
};

/** The control plane of one version. */
export function controlPlane(namespace: string, version: string): KubernetesObject {
  const object = configMap(namespace, `control-plane-${revisionOf(version)}`, { version });
  return { ...object, metadata: { ...object.metadata, labels: { 'small/control-plane': 'yes' } } };
}

async function detect(cluster: PluginContext['cluster'], namespace: string): Promise<Installation[]> {
  const labelSelector = 'small/control-plane=yes';
  const found = await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace, labelSelector });
  return found.map(({ metadata, data }) => {
    const { version = '' } = data as Record<string, string>;
    const ours = metadata.labels?.['applyset.kubernetes.io/part-of'] !== undefined;
    const managedBy = ours ? 'meshwright' : 'helm';
    return {
      version,
      revision: revisionOf(version),
      mode: 'sidecar',
      namespace,
      managedBy,
      healthy: true,
      notes: [],
    };
  });
}

async function taggedRevision(
  cluster: PluginContext['cluster'],
  namespace: string,
): Promise<string | undefined> {
  const tag = await cluster.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'tag' });
  return (tag?.data as Record<string, string> | undefined)?.revision;
}

async function leftovers(cluster: PluginContext['cluster'], namespace: string): Promise<Leftover[]> {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'made-by-mesh' };
  const live = await cluster.get(object);
  return live === undefined ? [] : [{ ...object, uid: live.metadata.uid ?? '' }];
}

async function deploymentsIn(
  namespaces: readonly string[],
  cluster: PluginContext['cluster'],
): Promise<KubernetesObject[]> {
  const kind = { apiVersion: 'apps/v1', kind: 'Deployment' };
  return (await Promise.all(namespaces.map((namespace) => cluster.list({ ...kind, namespace })))).flat();
}

function isRestarted({ spec }: KubernetesObject): boolean {
  const { template } = spec as { template: { metadata: { annotations?: Record<string, string> } } };
  return template.metadata.annotations?.['meshwright.dev/restarted-at'] !== undefined;
}

function reference({
  apiVersion,
  kind,
  metadata: { name, namespace = '' },
}: KubernetesObject): ObjectReference {
  return { apiVersion, kind, name, namespace };
}

function failed(reason: string): Verification {
  return { state: 'failed', reason, remedy: 'It is a test.' };
}

export function namespaceObject(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function configMap(
  namespace: string,
  name: string,
  data: Record<string, string> = { name },
): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

/** A workload without pods, which is ready at once; its labels are those of its pods. */
export function deployment(
  namespace: string,
  name: string,
  labels: Record<string, string> = {},
): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...labels } },
        spec: { containers: [{ name: 'main', image: 'registry.invalid/main:1' }] },
      },
    },
  };
}

/** The mesh section of the tests' patterns. */
export function meshSpec(version: string): MeshSpec {
  return sampleMesh({ type: 'small', version, upgrade: 'canary' });
}
