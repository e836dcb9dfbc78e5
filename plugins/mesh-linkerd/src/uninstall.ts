import { MeshwrightError, PlanAction, type WorkloadSpec } from '@meshwright/model';
import {
  type ClusterPort,
  enrolledIn,
  isAnnotatedByUs,
  isForeign,
  type MeshChange,
  type MeshPlan,
  type PluginContext,
  podsByNamespace,
  unmovedPods,
} from '@meshwright/plugin-sdk';
import { describe } from './installed.ts';
import { charts, injectAnnotation } from './names.ts';
import { proxiedPods } from './proxies.ts';

/**
 * What to know before Linkerd is taken away; the stages are the engine's.
 * @throws MeshwrightError PREFLIGHT_FAILED while workloads outside the pattern are in the mesh, FOREIGN_INSTALLATION
 * while another Linkerd beside ours shares the CRDs.
 */
export async function planUninstall(
  { snapshot, installations }: MeshChange,
  { cluster }: PluginContext,
): Promise<MeshPlan> {
  const { mesh, workloads } = snapshot.pattern.spec;
  const others = installations.filter(isForeign);
  const [running, ...more] = installations.filter((installation) => !isForeign(installation));
  if (running !== undefined && others.length > 0) {
    throw new MeshwrightError(
      'FOREIGN_INSTALLATION',
      `Another Linkerd shares the CRDs with this one: ${others.map(describe).join('; ')}.`,
      { remedy: 'Remove it first with the tool that installed it.' },
    );
  }
  if (running !== undefined) await refuseOutsiders(workloads, cluster);
  return {
    action: PlanAction.uninstall,
    version: running?.version ?? mesh.version,
    revision: running?.revision ?? '',
    prepare: [],
    switchOver: [],
    settle: [],
    preflight: [],
    confirmations: [],
    warnings: [
      ...[running, ...more].flatMap((installation) => installation?.notes ?? []),
      ...others.map((other) => `${describe(other)} stays as it is.`),
      ...(running === undefined
        ? []
        : ['The keys of the mesh that Meshwright keeps go too: a later Linkerd has other trust anchors.']),
    ],
  };
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
  const outside = await unmovedPods(pods, moved, cluster);
  if (outside.length === 0) return;
  throw new MeshwrightError(
    'PREFLIGHT_FAILED',
    'Pods outside this pattern are in the mesh: without a control plane their proxies get no certificate any more.',
    {
      lines: podsByNamespace(outside),
      remedy:
        'Take them out of the mesh first: remove the annotation linkerd.io/inject from their namespaces or templates, and restart them.',
    },
  );
}
