import { MeshMode, type WorkloadSpec } from '@meshwright/model';
import {
  type ClusterPort,
  enrolledIn,
  isForeign,
  type MeshChange,
  type MeshPlan,
  planOfUninstall,
  type PluginContext,
  refusePods,
  refuseSharedKinds,
} from '@meshwright/plugin-sdk';
import { foreignRules } from './foreign.ts';
import { stages } from './names.ts';
import { meshedPods, unmoved } from './outsiders.ts';
import { defaultRevision } from './revisions.ts';

/**
 * What to know before Istio is taken away. The stages are the engine's; of an ambient mesh nothing may go before every
 * pod is off it, for a captured pod has no network without its node's proxy.
 * @throws MeshwrightError PREFLIGHT_FAILED while workloads outside the pattern are in the mesh, FOREIGN_INSTALLATION
 * while another Istio beside ours shares the CRDs.
 */
export async function planUninstall(change: MeshChange, { cluster }: PluginContext): Promise<MeshPlan> {
  const { snapshot, installations } = change;
  refuseSharedKinds(installations, foreignRules);
  const running = installations.find((installation) => !isForeign(installation));
  if (running === undefined) return planOfUninstall(change, foreignRules, { revision: defaultRevision });
  await refuseOutsiders(snapshot.pattern.spec.workloads, cluster);
  return planOfUninstall(change, foreignRules, {
    revision: defaultRevision,
    settle: running.mode === MeshMode.ambient ? [stages.left] : [],
    warnings: [
      'The mesh’s certificate authority (Secret istio-system/istio-ca-secret) goes too: a later Istio has another root of trust.',
    ],
  });
}

/** The engine takes every namespace out of the mesh that Meshwright had labelled, and restarts it. */
async function refuseOutsiders(workloads: WorkloadSpec[], cluster: ClusterPort): Promise<void> {
  refusePods(await unmoved(await meshedPods(cluster), enrolledIn(workloads), undefined, cluster), {
    message:
      'Pods outside this pattern are in the mesh: without a control plane they would get no configuration and no certificate any more.',
    remedy:
      'Take them out of the mesh first: remove the labels istio-injection, istio.io/rev and istio.io/dataplane-mode from their namespaces, and restart what has a sidecar; delete the Gateways among them.',
  });
}
