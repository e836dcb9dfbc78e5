import { MeshMode, type MeshSpec, PlanAction } from '@meshwright/model';
import type { MeshStage } from '@meshwright/plugin-sdk';
import { Component, stages } from '../names.ts';
import type { Target } from '../target.ts';

/** For people to drain or replace every node, where a DaemonSet replaces no pod by itself. */
const drainTimeoutSeconds = 24 * 60 * 60;

/** What runs on every node, in the order it comes: the CNI agent, and in ambient mode the proxy it sends traffic to. */
export function nodeStages(mesh: MeshSpec): MeshStage[] {
  if (mesh.mode === MeshMode.ambient) {
    return [
      patient(stages.cni, 'cni', mesh),
      {
        ...patient(stages.ztunnel, 'ztunnel', mesh),
        requires: 'the control plane serves the node proxies, and the CNI agent runs on every node',
      },
    ];
  }
  return mesh.components.includes(Component.cni) ? [stages.cni] : [];
}

function patient(stage: MeshStage, chart: string, mesh: MeshSpec): MeshStage {
  return replacesByHand(chart, mesh) ? { ...stage, timeoutSeconds: drainTimeoutSeconds } : stage;
}

function replacesByHand(chart: string, { values }: MeshSpec): boolean {
  const strategy = values[chart]?.updateStrategy as { type?: unknown } | undefined;
  return strategy?.type === 'OnDelete';
}

/**
 * What people have to know before the node parts of an ambient mesh change their version: there is no canary of them, so
 * a person confirms it (Istio's guide to upgrading ambient mode).
 */
export function nodeReplacement(
  mesh: MeshSpec,
  { action, from, version }: Pick<Target, 'action' | 'from' | 'version'>,
): { confirmations: string[]; warnings: string[] } {
  const isReplaced = action === PlanAction.upgrade || action === PlanAction.rollBack;
  if (mesh.mode !== MeshMode.ambient || !isReplaced || from === undefined) {
    return { confirmations: [], warnings: [] };
  }
  const way = `from ${from.version} to ${version}`;
  if (replacesByHand('ztunnel', mesh)) {
    return {
      confirmations: [
        `The node proxies go ${way} as their pods are deleted (updateStrategy OnDelete): the change waits up to a day until every node was drained.`,
      ],
      warnings: [],
    };
  }
  return {
    confirmations: [
      `The node proxies and CNI agents go ${way} in place, node by node: connections that last are reset on each, and no pod starts there meanwhile.`,
    ],
    warnings: [
      'Gentler: values.ztunnel.updateStrategy: {type: OnDelete}, and the same for cni; then drain the nodes one by one, which replaces their proxies while nothing runs there.',
    ],
  };
}
