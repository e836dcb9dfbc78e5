import type { KubernetesObject, PatternSnapshot, WorkloadSpec } from '@meshwright/model';
import type { ClusterPort, Installation, MeshChange } from '@meshwright/plugin-sdk';
import { type FakeCluster, fakeContext } from '@meshwright/plugin-testkit';
import { installation, meshChange } from '../../test-support/objects.ts';
import type { Finding, Rule } from '../finding.ts';
import { readView } from '../read.ts';

export interface Scene extends Omit<FakeCluster, 'objects'> {
  spec?: Parameters<typeof meshChange>[0];
  /** Native resources and routes of the pattern. */
  pattern?: KubernetesObject[];
  /** Manifests of the pattern's workloads, by namespace. */
  manifests?: Record<string, KubernetesObject[]>;
  /** What is on the cluster. */
  live?: KubernetesObject[];
  /** One of the pattern's version by default. */
  installations?: Installation[];
  adopt?: boolean;
  kubernetes?: string;
}

/** The change and the cluster of a scene. */
export function sceneOf(scene: Scene): { change: MeshChange; cluster: ClusterPort } {
  const { spec = {}, pattern = [], manifests = {}, live = [], installations = [installation()] } = scene;
  const change = meshChange(spec, { installations, adopt: scene.adopt ?? false });
  const snapshot: PatternSnapshot = {
    ...change.snapshot,
    resources: pattern,
    workloads: Object.entries(manifests).map(([namespace, objects]) => ({
      namespace,
      enroll: true,
      objects,
    })),
  };
  const { cluster } = fakeContext({ ...scene, objects: live });
  const version = scene.kubernetes;
  return {
    change: { ...change, snapshot },
    cluster: version === undefined ? cluster : { ...cluster, version: () => Promise.resolve(version) },
  };
}

/** What one rule finds in a scene. */
export async function find(rule: Rule, scene: Scene): Promise<Finding[]> {
  const { change, cluster } = sceneOf(scene);
  return rule.look(await readView(change, cluster)).findings;
}

/** As {@link find}, each in one line: `! ` before what blocks. */
export async function lines(rule: Rule, scene: Scene): Promise<string[]> {
  const findings = await find(rule, scene);
  return findings.map(({ object, problem, blocks }) => `${blocks ? '! ' : ''}${object}: ${problem}`);
}

/** An enrolled namespace in a pattern's spec. */
export function enrolled(...namespaces: string[]): WorkloadSpec[] {
  return namespaces.map((namespace) => ({ namespace, enroll: true, waypoint: false, manifests: [] }));
}

/** An object of Istio's in the namespace `shop`, unless its name says `<namespace>/<name>`. */
export function native(kind: string, name: string, spec: object, metadata: object = {}): KubernetesObject {
  const group = ['AuthorizationPolicy', 'PeerAuthentication'].includes(kind) ? 'security' : 'networking';
  return { apiVersion: `${group}.istio.io/v1`, kind, metadata: { ...named(name), ...metadata }, spec };
}

export function service(
  name: string,
  spec: object = { ports: [{ name: 'http', port: 80 }] },
): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: named(name), spec };
}

export function namespace(name: string, labels: Record<string, string> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** A VirtualService with one HTTP route. */
export function routeTo(name: string, destination: object, spec: object = {}): KubernetesObject {
  return native('VirtualService', name, { hosts: [name], http: [{ route: [{ destination }] }], ...spec });
}

export function deployment(name: string, spec: object = {}, template: object = {}): KubernetesObject {
  const pods = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app' }] }, ...template };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: named(name),
    spec: { replicas: 2, template: pods, ...spec },
  };
}

function named(name: string): { name: string; namespace: string } {
  const [first = '', second] = name.split('/');
  return second === undefined ? { namespace: 'shop', name: first } : { namespace: first, name: second };
}
