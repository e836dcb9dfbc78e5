import type { KubernetesObject, MeshSpec, ObjectReference } from '@meshwright/model';
import type { MeshPlugin } from '@meshwright/plugin-sdk';
import type { TrialCluster } from './trial.ts';

/** What a mesh plugin gives the suite: what to install, and what its mesh does by itself where nothing of it runs. */
export interface MeshSubject {
  plugin: MeshPlugin;
  /** Two versions whose charts are there. */
  versions: { older: string; newer: string };
  /** Its own charts, the one that is rendered once and first at the head. */
  charts: readonly string[];
  /** Where its control plane is. */
  namespace: string;
  /** The mesh section that installs a version on simulated nodes. */
  mesh(version: string): MeshSpec;
  /** The same with every component, to render. */
  everything(version: string): MeshSpec;
  /** What has to be on a cluster before every component can be installed. */
  prerequisites?: readonly KubernetesObject[];
  /** Mesh sections that it has to refuse, and the field of `spec` that is wrong. */
  refused: readonly RefusedMesh[];
  /** A version so old that it cannot be changed to the older one at once. */
  tooOld: string;
  /** How many pods the workload of a trial has: none where a pod cannot start without what does not run. */
  replicas: number;
  /**
   * Does on a cluster of simulated nodes what the mesh's own controllers do, as far as the plugin waits for it. What is applied
   * through `mesh` is the mesh's own: it has to go with it.
   */
  standIn(cluster: TrialCluster, mesh: TrialCluster): Promise<StandIn>;
  /** What its controllers write by themselves once it runs: no plan may take it back. */
  rewrites: readonly Rewrite[];
  /** How its own guide installs a version with Helm, and the mesh section that takes it over. */
  helm(version: string): Promise<{ releases: readonly HelmRelease[]; mesh: MeshSpec }>;
  /** What an uninstallation leaves on purpose, and why; nothing else may stay. */
  leaves: readonly Left[];
  /** The test that leads its life on a real node, as a path from the root of the checkout, or why there is none. */
  dataPlane: { triedBy: string } | { notTried: string };
}

/** A mesh section that a plugin has to refuse. */
export interface RefusedMesh {
  /** What is wrong with it. */
  what: string;
  mesh: MeshSpec;
  /** As a path below `spec`. */
  field: string;
}

/** What stands in for the controllers of a mesh. */
export interface StandIn {
  /** Told of every stage that was applied, before its health is looked at. */
  applied(stage: string, namespaces: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Something that a mesh's own controllers write. */
export interface Rewrite {
  what: string;
  write: (cluster: TrialCluster) => Promise<void>;
}

/** A release as Helm installs it. */
export interface HelmRelease {
  chart: string;
  name: string;
  namespace: string;
  values: Record<string, unknown>;
}

/** Objects that stay. */
export interface Left {
  why: string;
  is: (object: ObjectReference) => boolean;
}
