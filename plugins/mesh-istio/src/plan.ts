import { parse } from 'semver';
import { MeshMode, MutualTls, type ObjectReference, PlanAction, Purpose } from '@meshwright/model';
import {
  type ClusterPort,
  type MeshChange,
  type MeshPlan,
  type MeshStage,
  type PluginContext,
  refuseUninjectable,
  rollBackWarnings,
  untriedWarnings,
} from '@meshwright/plugin-sdk';
import { refuseModeSwitch } from './ambient/mode-switch.ts';
import { nodeReplacement, nodeStages } from './ambient/node-stages.ts';
import { waypointNamespaces } from './ambient/waypoints.ts';
import { gatewayRestarts } from './gateway.ts';
import { isTagged } from './live.ts';
import { Component, gatewayNamespace, stages, systemNamespace } from './names.ts';
import { refuseOutsiders, retiringPods, unmovablePods } from './outsiders.ts';
import { preflight } from './preflight/preflight.ts';
import { defaultInjector, defaultRevision, tagService, tagWebhook } from './revisions.ts';
import { type Target, isBeside, targetOf } from './target.ts';
import { planUninstall } from './uninstall.ts';
import { newestTried } from './versions.ts';

/**
 * The stages that lead from what is there to the pattern, in the order of Istio's canary and in-place upgrade guides.
 * @throws MeshwrightError UNSUPPORTED, PREFLIGHT_FAILED or FOREIGN_INSTALLATION with the way out.
 */
export async function plan(change: MeshChange, context: PluginContext): Promise<MeshPlan> {
  if (change.purpose === Purpose.uninstall) return planUninstall(change, context);
  const { mesh, workloads } = change.snapshot.pattern.spec;
  refuseUninjectable(workloads, 'Istio', uninjectable);
  const target = targetOf(change);
  await refuseModeSwitch(target, change, context.cluster);
  const replacement = nodeReplacement(mesh, target);
  const retiring = await retiringPods(target, context.cluster);
  await refuseOutsiders(retiring, workloads, context.cluster);
  return {
    action: target.action,
    version: target.version,
    revision: target.revision,
    ...(await stagesOf(target, change, context)),
    preflight: await preflight(change, context),
    confirmations: replacement.confirmations,
    warnings: [
      ...change.installations.flatMap(({ notes }) => notes),
      ...unmovablePods(retiring, workloads),
      ...replacement.warnings,
      ...rollBackWarnings('Istio', target),
      ...untriedWarnings('Istio', parse(mesh.version), newestTried),
      ...plainTextWarnings(change),
    ],
  };
}

type Stages = Pick<MeshPlan, 'prepare' | 'switchOver' | 'settle'>;

/**
 * A control plane beside the old one disturbs nothing; one in its place does, so it belongs to the switch. What runs on
 * the nodes comes after a newer control plane and before an older one, for it may lag behind by a version and not run
 * ahead; CRDs go back only when nothing newer reads them any more. A new CNI agent for sidecars comes first: a control
 * plane that counts on it leaves the redirection to it. Waypoints need the namespaces, which come with the workloads.
 */
async function stagesOf(target: Target, change: MeshChange, context: PluginContext): Promise<Stages> {
  const { mesh, security } = change.snapshot.pattern.spec;
  const has = (component: Component) => mesh.components.includes(component);
  const crds = [stages.crds];
  const goesBack = target.action === PlanAction.rollBack;
  const tag: MeshStage = {
    ...stages.tag,
    requires: 'the control plane serves injection and validation',
    deletes: await formerInjectors(target, context),
  };
  const controlPlane = [stages['control-plane']];
  const nodes = goesBack ? nodeStages(mesh).reverse() : nodeStages(mesh);
  const isFirst = target.action === PlanAction.upgrade || (mesh.mode === MeshMode.ambient && !goesBack);
  const inPlace = isFirst ? [...controlPlane, ...nodes] : [...nodes, ...controlPlane];
  const gateway: MeshStage = {
    ...stages.gateway,
    requires: 'the control plane injects',
    restarts: has(Component.gateway) ? await gatewayRestarts(target, change, context) : [],
  };
  return {
    prepare: [...(goesBack ? [] : crds), ...(isBeside(target) ? controlPlane : [])],
    switchOver: [...(isBeside(target) ? nodes : inPlace), tag],
    settle: [
      ...(goesBack ? crds : []),
      ...(waypointNamespaces(change).length > 0 ? [stages.waypoints] : []),
      ...(has(Component.gateway) ? [gateway] : []),
      ...(security?.mtls === undefined ? [] : [stages.security]),
      stages.verify,
    ],
  };
}

/** What is live and would go on injecting for the control plane of before. */
async function formerInjectors({ revision }: Target, { cluster }: PluginContext): Promise<ObjectReference[]> {
  const webhook = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' };
  if (revision !== defaultRevision) return existing([{ ...webhook, name: defaultInjector }], cluster);
  if (await isTagged(revision, cluster)) return [];
  const service = { apiVersion: 'v1', kind: 'Service', namespace: systemNamespace, name: tagService };
  return existing([{ ...webhook, name: tagWebhook }, service], cluster);
}

async function existing(references: ObjectReference[], cluster: ClusterPort): Promise<ObjectReference[]> {
  const live = await Promise.all(references.map((reference) => cluster.get(reference)));
  return references.filter((_reference, index) => live[index] !== undefined);
}

/** Namespaces that istiod never injects into (pkg/kube/inject in istio/istio), and Istio's own; in ambient mode neither. */
const uninjectable = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
  systemNamespace,
  gatewayNamespace,
]);

function plainTextWarnings({ snapshot }: MeshChange): string[] {
  const { security, workloads } = snapshot.pattern.spec;
  const outside = workloads.filter(({ enroll }) => !enroll).map(({ namespace }) => namespace);
  if (security?.mtls !== MutualTls.strict || outside.length === 0) return [];
  return [
    `Workloads of ${outside.join(', ')} are not enrolled: with strict mutual TLS they reach no enrolled workload.`,
  ];
}
