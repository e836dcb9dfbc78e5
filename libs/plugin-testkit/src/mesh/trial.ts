import type { KubernetesObject, MeshSpec, ObjectReference, PatternSpec, Plan } from '@meshwright/model';
import type { ChartsPort, ClusterPort } from '@meshwright/plugin-sdk';

/** A real API server, with the writing that a suite and what stands in for a mesh need. */
export interface TrialCluster extends ClusterPort {
  /** Applies the object as this field manager, by force. */
  apply(object: KubernetesObject, manager: string): Promise<void>;
  /** A JSON merge patch as this field manager. */
  patch(reference: ObjectReference, patch: object, manager: string): Promise<void>;
  /** Deletes the object where it is there. */
  remove(reference: ObjectReference): Promise<void>;
}

/** What a trial asks to be planned. */
export interface Wish {
  mesh: MeshSpec;
  security?: PatternSpec['security'];
  workloads?: { namespace: string; enroll: boolean; objects: KubernetesObject[] }[];
  resources?: KubernetesObject[];
  purpose?: 'apply' | 'uninstall';
  adopt?: boolean;
}

/** How a stage is carried out. */
export interface StageOptions {
  /** Ends it as a crash would, after so many writes. */
  crashAfterWrites?: number;
  /** Called when it was applied, before its health is looked at. */
  applied?: () => Promise<void>;
}

/** One pattern on one cluster, planned and carried out by the engine itself. */
export interface Trial {
  /** Of the pattern; no other trial has it. */
  name: string;
  cluster: TrialCluster;
  charts: ChartsPort;
  plan(wish: Wish): Promise<Plan>;
  /**
   * Applies and verifies a stage of the plan that was made last, or of its way back.
   * @throws MeshwrightError what the stage failed with; where it was to crash, whatever that ended with.
   */
  carryOutStage(id: string, options?: StageOptions): Promise<void>;
  /** Concludes the plan that was made last. */
  conclude(outcome: 'kept' | 'rolled-back'): Promise<void>;
  /** What the pattern owns on the cluster. */
  members(): Promise<ObjectReference[]>;
}
