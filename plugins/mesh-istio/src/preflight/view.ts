import type { KubernetesObject, MeshSpec, PatternSnapshot } from '@meshwright/model';
import { type Installation, type Pod, valueAt } from '@meshwright/plugin-sdk';
import type { Labels } from './labels.ts';
import type { Scope } from './scope.ts';
import type {
  AuthorizationPolicy,
  DestinationRule,
  DisruptionBudget,
  Gateway,
  NetworkPolicy,
  Webhooks,
  PeerAuthentication,
  Service,
  ServiceEntry,
  Sidecar,
  VirtualService,
  Workload,
} from './shapes.ts';
import type { Subject, Unreadable } from './subject.ts';

/** The objects of the cluster as they are once the change is made, by kind. */
export interface Objects {
  virtualServices: Subject<VirtualService>[];
  destinationRules: Subject<DestinationRule>[];
  gateways: Subject<Gateway>[];
  serviceEntries: Subject<ServiceEntry>[];
  sidecars: Subject<Sidecar>[];
  authorizationPolicies: Subject<AuthorizationPolicy>[];
  peerAuthentications: Subject<PeerAuthentication>[];
  services: Subject<Service>[];
  namespaces: Subject<unknown>[];
  injectors: Subject<Webhooks>[];
  /** Validating webhook configurations; read only where the mesh comes, changes its version, or is taken over. */
  validators: Subject<Webhooks>[];
  /** Deployments, StatefulSets and DaemonSets; those of the cluster only where the change may restart some. */
  workloads: Subject<Workload>[];
  /** The CNI agent and the node proxy; read only in ambient mode. */
  nodeParts: Subject<Workload>[];
  /** Of the cluster only in ambient mode. */
  networkPolicies: Subject<NetworkPolicy>[];
  /** Of the cluster only where the change may restart something. */
  budgets: Subject<DisruptionBudget>[];
  /** CRDs; of the cluster only where the mesh comes, changes its version, or is taken over. */
  definitions: Subject<unknown>[];
}

/** What is read of the cluster. */
interface Parts extends Objects {
  /** Running pods whose proxy is of a revision that no control plane of the cluster has. */
  strangers: Pod[];
  /** Pods by the selectors of Gateways that no Service has. */
  entrancePods: Pod[];
  /** Running pods with a proxy; read only where the mesh comes, changes its version, or is taken over. */
  proxies: Pod[];
}
export type Part = keyof Parts;

/** All that the rules know. */
export interface View extends Parts, Scope {
  mesh: MeshSpec;
  snapshot: PatternSnapshot;
  adopt: boolean;
  installations: readonly Installation[];
  /** The server's version, without its `v`. */
  kubernetes: string;
  /** Kinds that the mesh or the pattern needs and the server does not serve, as `apiVersion/kind`. */
  notServed: readonly string[];
  /** The labels of the namespaces as they are now. */
  liveNamespaces: ReadonlyMap<string, Labels>;
  unreadable: readonly Unreadable[];
  /** Parts that could not be read, with the reason. */
  unread: ReadonlyMap<Part, string>;
}

/** Whether clusters that cannot be seen from here are part of the mesh. */
export function isMulticluster({ mesh }: View): boolean {
  const paths = ['global.meshID', 'global.network', 'global.multiCluster.clusterName'];
  return paths.some((path) => textAt(mesh.values.istiod, path) !== undefined);
}

/** The DNS suffix of the cluster's Services. */
export function clusterDomain({ mesh }: View): string {
  return textAt(mesh.values.istiod, 'global.proxy.clusterDomain') ?? 'cluster.local';
}

/** The value at a dotted path where it is a text that says something. */
export function textAt(root: unknown, path: string): string | undefined {
  const value = valueAt(root, path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Everything the pattern holds, each in the namespace it is applied to. */
export function patternObjects(snapshot: PatternSnapshot): KubernetesObject[] {
  const workloads = snapshot.workloads.flatMap(({ namespace, objects }) =>
    objects.map((object) =>
      object.metadata.namespace !== undefined || object.kind === 'Namespace'
        ? object
        : { ...object, metadata: { ...object.metadata, namespace } },
    ),
  );
  return [...workloads, ...snapshot.traffic, ...snapshot.resources];
}
