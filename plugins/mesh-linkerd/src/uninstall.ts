import type { WorkloadSpec } from '@meshwright/model';
import {
  type ClusterPort,
  enrolledIn,
  isAnnotatedByUs,
  isForeign,
  type MeshChange,
  type MeshPlan,
  planOfUninstall,
  type PluginContext,
  refusePods,
  refuseSharedKinds,
  unmovedPods,
} from '@meshwright/plugin-sdk';
import { foreignRules } from './installed.ts';
import { charts, injectAnnotation } from './names.ts';
import { proxiedPods } from './proxies.ts';

/**
 * What to know before Linkerd is taken away; the stages are the engine's.
 * @throws MeshwrightError PREFLIGHT_FAILED while workloads outside the pattern are in the mesh, FOREIGN_INSTALLATION
 * while another Linkerd beside ours shares the CRDs.
 */
export async function planUninstall(change: MeshChange, { cluster }: PluginContext): Promise<MeshPlan> {
  const { snapshot, installations } = change;
  refuseSharedKinds(installations, foreignRules);
  if (installations.every(isForeign)) return planOfUninstall(change, foreignRules, { revision: '' });
  await refuseOutsiders(snapshot.pattern.spec.workloads, cluster);
  return planOfUninstall(change, foreignRules, {
    revision: '',
    warnings: ['The keys of the mesh that Meshwright keeps go too: a later Linkerd has other trust anchors.'],
  });
}

/** The engine takes every namespace out of the mesh that Meshwright had annotated, and restarts it. */
async function refuseOutsiders(workloads: WorkloadSpec[], cluster: ClusterPort): Promise<void> {
  const own = new Set<string>(Object.values(charts).map(({ namespace }) => namespace));
  const pods = (await proxiedPods(cluster)).filter(({ metadata }) => !own.has(metadata.namespace));
  const moved = {
    enrolled: enrolledIn(workloads),
    isOurs: (namespace: Parameters<typeof isAnnotatedByUs>[0]) =>
      isAnnotatedByUs(namespace, injectAnnotation),
  };
  refusePods(await unmovedPods(pods, moved, cluster), {
    message:
      'Pods outside this pattern are in the mesh: without a control plane their proxies get no certificate any more.',
    remedy:
      'Take them out of the mesh first: remove the annotation linkerd.io/inject from their namespaces or templates, and restart them.',
  });
}
