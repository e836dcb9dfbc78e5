import type { ClusterClient, Inventory, KeptSecrets } from '@meshwright/cluster';
import type { EvidenceStore } from '@meshwright/evidence';
import type { PatternSnapshot, PlanChangeInput, Plan } from '@meshwright/model';
import type {
  ChartsPort,
  LoadRegistry,
  MeshPlugin,
  PlanningContext,
  PluginRegistry,
} from '@meshwright/plugin-sdk';
import type { TargetClients } from '../clients.ts';
import type { Found } from './observe.ts';

/** What the activities of one target work with. */
export interface TargetTools {
  clients: TargetClients;
  evidence: EvidenceStore;
  registry: PluginRegistry;
  generators: LoadRegistry;
  chartsOf(plugin: MeshPlugin): ChartsPort;
  /** The image of the pods that measurements create. */
  probeImage: string;
  /** How long an image may fail to be pulled, in milliseconds; a minute unless told. */
  imagePatienceMs?: number;
}

/** All that is known when a target is planned. */
export interface Planning {
  input: PlanChangeInput;
  snapshot: PatternSnapshot;
  plugin: MeshPlugin;
  /** As the identity that the pattern names. */
  cluster: ClusterClient;
  inventory: Inventory;
  kept: KeptSecrets;
  context: PlanningContext;
  found: Found;
  evidence: EvidenceStore;
  generators: LoadRegistry;
  probeImage: string;
}

/** What planning finds out; the rest of a plan says what it was planned for. */
export type PlanContent = Pick<
  Plan,
  | 'action'
  | 'mesh'
  | 'meshBefore'
  | 'force'
  | 'preflight'
  | 'stages'
  | 'rollback'
  | 'blastRadius'
  | 'gate'
  | 'probes'
  | 'confirmations'
  | 'warnings'
>;
