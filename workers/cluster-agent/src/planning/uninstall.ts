import { isDefinition, Wave, waveOf } from '@meshwright/cluster';
import {
  groupOf,
  type KubernetesObject,
  type Leftover,
  type ObjectReference,
  referenceKey,
  StageKind,
} from '@meshwright/model';
import {
  type ComposedStage,
  emptyStage,
  hasWork,
  pruneTimeoutSeconds,
  restartTimeoutSeconds,
} from './stage.ts';

/** What is known of a pattern that is to go from a target. */
export interface Uninstallation {
  /** What the mesh wants done first. */
  prepare: ComposedStage[];
  /** What the mesh wants once its workloads left it, before anything is deleted. */
  settle: ComposedStage[];
  /** The namespaces as they are without their enrollment. */
  leaving: KubernetesObject[];
  /** Workloads that are in the mesh now. */
  meshed: ObjectReference[];
  /** All that the pattern owns. */
  members: ObjectReference[];
  /** The objects of the pattern's workloads and their namespaces, by key: they stay. */
  workloads: ReadonlySet<string>;
  /** The pattern's traffic and native resources, by key. */
  configuration: ReadonlySet<string>;
  leftovers: Leftover[];
  /** How many workloads restart at once. */
  restartsAtOnce: number;
}

type Place = 'configuration' | 'mesh' | 'definitions' | 'namespaces' | 'release';

/**
 * The stages of an uninstallation: workloads leave the mesh first, then go what configures it, its control plane, its
 * CRDs, what it made by itself, and its namespaces, which are empty only then. Workloads and their namespaces stay and
 * leave the inventory. Stages with nothing to do are left out.
 */
export function composeUninstall(parts: Uninstallation): ComposedStage[] {
  const { prepare, settle, leaving, meshed, members, leftovers } = parts;
  const places = Map.groupBy(members, placesOf(parts));
  const at = (place: Place): ObjectReference[] => places.get(place) ?? [];
  const stages = [
    ...prepare,
    emptyStage({
      id: 'leave',
      title: 'Take the workloads off the mesh',
      kind: StageKind.restart,
      timeoutSeconds: restartTimeoutSeconds(meshed.length, parts.restartsAtOnce),
      objects: leaving,
      restarts: meshed,
    }),
    ...settle,
    removal('configuration', 'Delete traffic rules, policies and native resources', {
      requires: 'no workload is in the mesh',
      deletes: at('configuration'),
    }),
    removal('mesh', 'Delete the mesh', { requires: 'nothing configures it', deletes: at('mesh') }),
    removal('definitions', 'Delete the CRDs that nobody uses', {
      requires: 'no control plane reads them',
      deletes: at('definitions'),
    }),
    removal('leftovers', 'Delete what the mesh made by itself', { leftovers }),
    removal('namespaces', 'Delete the namespaces of the mesh', {
      requires: 'they are empty',
      deletes: at('namespaces'),
    }),
    removal('release', 'Let go of the workloads and their namespaces', { releases: at('release') }),
  ];
  return stages.filter((stage) => stage.kind === StageKind.verify || hasWork(stage));
}

function removal(id: string, title: string, content: Partial<ComposedStage>): ComposedStage {
  return emptyStage({ id, title, kind: StageKind.prune, timeoutSeconds: pruneTimeoutSeconds, ...content });
}

/** Where each member goes. A custom resource goes with its CRD, also when it came with a workload. */
function placesOf({ members, leaving, workloads, configuration }: Uninstallation) {
  const groups = new Set(members.filter(isDefinition).map(({ name }) => name.slice(name.indexOf('.') + 1)));
  const enrolled = new Set(leaving.map(({ metadata }) => metadata.name));
  return (member: ObjectReference): Place => {
    const key = referenceKey(member);
    if (isDefinition(member)) return 'definitions';
    if (member.kind === 'Namespace') {
      return workloads.has(key) || enrolled.has(member.name) ? 'release' : 'namespaces';
    }
    if (member.kind === 'PersistentVolumeClaim') return 'release';
    if (workloads.has(key) && !groups.has(groupOf(member.apiVersion))) return 'release';
    const configures = configuration.has(key) || waveOf(member) === Wave.customResources;
    return configures ? 'configuration' : 'mesh';
  };
}
