import { parse } from 'semver';
import { MeshwrightError, PlanAction, plural, Purpose } from '@meshwright/model';
import {
  type ClusterPort,
  type MeshChange,
  type MeshPlan,
  type MeshStage,
  type MeshTarget,
  type PluginContext,
  untriedWarnings,
} from '@meshwright/plugin-sdk';
import { chart, Component, revision, stages } from './names.ts';
import { otherPlugins } from './other-plugins.ts';
import { preflight } from './preflight/preflight.ts';
import { renderRelease } from './render.ts';
import { readersToRestart, settingsThatChange } from './settings.ts';
import { targetOf } from './target.ts';
import { planUninstall } from './uninstall.ts';
import { newestTried } from './versions.ts';

/**
 * The stages that lead from what is there to the pattern, in the order of Cilium's upgrade guide.
 * @throws MeshwrightError UNSUPPORTED, PREFLIGHT_FAILED or FOREIGN_INSTALLATION with the way out.
 */
export async function plan(change: MeshChange, context: PluginContext): Promise<MeshPlan> {
  if (change.purpose === Purpose.uninstall) return planUninstall(change, context);
  const target = targetOf(change);
  const checks = await preflight(change, context.cluster);
  const rendered = await renderRelease(change, context);
  if (target.action === PlanAction.adopt) await refuseOtherSettings(rendered, context.cluster);
  const seconds = await timeoutSeconds(context.cluster);
  const release: MeshStage = {
    ...stages.release,
    timeoutSeconds: seconds,
    ...(isOtherVersion(target) ? { requires: 'every node can run the new version' } : {}),
    restarts: target.action === PlanAction.adopt ? [] : await readersToRestart(rendered, context.cluster),
  };
  return {
    action: target.action,
    version: target.version,
    revision,
    prepare: isOtherVersion(target) ? [{ ...stages['pre-flight'], timeoutSeconds: seconds }] : [],
    switchOver: [release],
    settle: [stages.verify],
    makesKindsOf: ['cilium.io'],
    preflight: checks,
    confirmations: await confirmations(target, change, context.cluster),
    warnings: [
      ...change.installations.flatMap(({ notes }) => notes),
      ...directionWarnings(target),
      ...untriedWarnings('Cilium', parse(target.version), newestTried),
      ...deprecations(change),
    ],
  };
}

/** Both ways: the agents of an older version have to come up on every node, too. */
function isOtherVersion({ action }: MeshTarget): boolean {
  return action === PlanAction.upgrade || action === PlanAction.rollBack;
}

/**
 * Agents are replaced two at a time by default, and a node that pulls an image takes minutes: ten for all, and one more
 * for every two nodes.
 */
async function timeoutSeconds(cluster: ClusterPort): Promise<number> {
  const nodes = await cluster.list({ apiVersion: 'v1', kind: 'Node' });
  return stages.release.timeoutSeconds + 60 * Math.ceil(nodes.length / 2);
}

/** @throws MeshwrightError PREFLIGHT_FAILED where agents would get other settings than they were installed with. */
async function refuseOtherSettings(
  rendered: Awaited<ReturnType<typeof renderRelease>>,
  cluster: ClusterPort,
): Promise<void> {
  const lines = await settingsThatChange(rendered, cluster);
  if (lines.length === 0) return;
  throw new MeshwrightError(
    'PREFLIGHT_FAILED',
    `Adopting would change ${plural(lines.length, 'setting')} of Cilium, which every agent reads when it starts the next time.`,
    {
      lines,
      remedy:
        'Set spec.mesh.values.cilium to what Cilium was installed with ("helm get values cilium --namespace kube-system"), and mesh.components to its parts; settings that were made by hand go into the value extraConfig.',
    },
  );
}

/** A second CNI plugin takes over what starts from then on, and nothing that runs. */
async function confirmations(
  { action }: MeshTarget,
  { snapshot }: MeshChange,
  cluster: ClusterPort,
): Promise<string[]> {
  if (action !== PlanAction.install) return [];
  const others = await otherPlugins(snapshot.pattern.spec.mesh.values[chart], cluster);
  if (others.length === 0) return [];
  return [
    `The nodes have another CNI plugin (${others.join(', ')}): Cilium takes over every pod that starts from now on. Pods that run stay with the other one, and whether they reach each other depends on its network; restart them all soon, or move node by node as Cilium's migration guide says.`,
  ];
}

function directionWarnings({ action, from, version }: MeshTarget): string[] {
  if (action !== PlanAction.upgrade && action !== PlanAction.rollBack) return [];
  const resets =
    'Agents and proxies are replaced node by node: connections through layer-7 policies, Ingress and Gateway API are reset, others go on.';
  if (action === PlanAction.upgrade) return [resets];
  return [
    resets,
    `Cilium goes back from ${from?.version ?? ''} to ${version}: what only the newer one knows, such as a field of a policy, has no effect any more; the CRDs stay as the newer one left them.`,
  ];
}

/** Cilium 1.20 announces that the SPIRE integration goes with 1.21 (upgrade notes of 1.20). */
function deprecations({ snapshot }: MeshChange): string[] {
  if (!snapshot.pattern.spec.mesh.components.includes(Component.mutualAuthentication)) return [];
  return [
    'Mutual authentication with SPIRE is deprecated since Cilium 1.20 and will be removed; it authenticates, and encrypts only together with encryption.enabled.',
  ];
}
