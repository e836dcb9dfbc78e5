import { MeshMode, MeshwrightError, PlanAction, type WorkloadSpec } from '@meshwright/model';
import {
  type ClusterPort,
  enrolledIn,
  type MeshChange,
  type MeshPlan,
  ourManager,
  type PluginContext,
  podsByNamespace,
} from '@meshwright/plugin-sdk';
import { describe } from './installed.ts';
import { stages } from './names.ts';
import { meshedPods, unmoved } from './outsiders.ts';
import { defaultRevision } from './revisions.ts';

/**
 * What to know before Istio is taken away. The stages are the engine's; of an ambient mesh nothing may go before every
 * pod is off it, for a captured pod has no network without its node's proxy.
 * @throws MeshwrightError PREFLIGHT_FAILED while workloads outside the pattern are in the mesh, FOREIGN_INSTALLATION
 * while another Istio beside ours shares the CRDs.
 */
export async function planUninstall(
  { snapshot, installations }: MeshChange,
  { cluster }: PluginContext,
): Promise<MeshPlan> {
  const { mesh, workloads } = snapshot.pattern.spec;
  const ours = installations.filter(({ managedBy }) => managedBy === ourManager);
  const others = installations.filter(({ managedBy }) => managedBy !== ourManager);
  if (ours.length > 0 && others.length > 0) {
    throw new MeshwrightError(
      'FOREIGN_INSTALLATION',
      `Another Istio shares the CRDs with this one: ${others.map(describe).join('; ')}.`,
      { remedy: 'Remove it first with the tool that installed it.' },
    );
  }
  if (ours.length > 0) await refuseOutsiders(workloads, cluster);
  const [running] = ours;
  return {
    action: PlanAction.uninstall,
    version: running?.version ?? mesh.version,
    revision: running?.revision ?? defaultRevision,
    prepare: [],
    switchOver: [],
    settle: running?.mode === MeshMode.ambient ? [stages.left] : [],
    preflight: [],
    confirmations: [],
    warnings: [
      ...ours.flatMap(({ notes }) => notes),
      ...others.map((other) => `${describe(other)} stays as it is.`),
      ...(running === undefined
        ? []
        : [
            'The mesh’s certificate authority (Secret istio-system/istio-ca-secret) goes too: a later Istio has another root of trust.',
          ]),
    ],
  };
}

/** The engine takes every namespace out of the mesh that Meshwright had labelled, and restarts it. */
async function refuseOutsiders(workloads: WorkloadSpec[], cluster: ClusterPort): Promise<void> {
  const outside = await unmoved(await meshedPods(cluster), enrolledIn(workloads), undefined, cluster);
  if (outside.length === 0) return;
  throw new MeshwrightError(
    'PREFLIGHT_FAILED',
    'Pods outside this pattern are in the mesh: without a control plane they would get no configuration and no certificate any more.',
    {
      lines: podsByNamespace(outside),
      remedy:
        'Take them out of the mesh first: remove the labels istio-injection, istio.io/rev and istio.io/dataplane-mode from their namespaces, and restart what has a sidecar; delete the Gateways among them.',
    },
  );
}
