import { openInventory } from '@meshwright/cluster';
import {
  formatReference,
  MeshwrightError,
  type OwnedObjects,
  type PatternSnapshot,
  type Plan,
  type TargetActivities,
} from '@meshwright/model';
import { heartbeating, scheduledAt, tellWaiting } from '@meshwright/temporal';
import { planChange, type PlanningTools } from './planning/plan-change.ts';
import { applyStage } from './stages/apply-stage.ts';
import { findStage } from './stages/find-stage.ts';
import { verifyStage } from './stages/verify-stage.ts';

const sampleSize = 50;

/** The activities of one target. Each refuses input that is meant for another cluster. */
export function createTargetActivities(tools: PlanningTools): TargetActivities {
  const { cluster, evidence } = tools;
  return {
    planChange(input) {
      refuseOther(input.cluster, cluster.name);
      return heartbeating((signal) => planChange(input, tools, signal));
    },
    applyStage(input) {
      refuseOther(input.cluster, cluster.name);
      return heartbeating(async (signal) => {
        const { plan, stage } = await findStage(input, evidence);
        return applyStage({ plan, stage, at: scheduledAt() }, cluster, signal);
      });
    },
    verifyStage(input) {
      refuseOther(input.cluster, cluster.name);
      return heartbeating(async (signal) => {
        const { plan, stage } = await findStage(input, evidence);
        const plugin = tools.registry.mesh(plan.mesh.type);
        const context = { cluster, charts: tools.chartsOf(plugin), signal };
        const enrolledNamespaces = await enrolledNamespacesOf(plan, tools);
        return verifyStage(
          stage,
          { mesh: plan.mesh, enrolledNamespaces },
          { cluster, plugin, context, tell: tellWaiting },
        );
      });
    },
    listOwned(input) {
      refuseOther(input.cluster, cluster.name);
      return heartbeating((signal) => listOwned(input.pattern, tools, signal));
    },
  };
}

function refuseOther(asked: string, own: string): void {
  if (asked === own) return;
  throw new MeshwrightError('UNKNOWN_TARGET', `This agent serves cluster ${own}, not ${asked}.`);
}

async function enrolledNamespacesOf(plan: Plan, { evidence }: PlanningTools): Promise<string[]> {
  const { pattern } = await evidence.getJson<PatternSnapshot>(plan.snapshot);
  return pattern.spec.workloads.filter(({ enroll }) => enroll).map(({ namespace }) => namespace);
}

async function listOwned(
  pattern: string,
  { cluster }: PlanningTools,
  signal: AbortSignal,
): Promise<OwnedObjects> {
  const inventory = openInventory(cluster, { pattern });
  const members = await inventory.members(signal);
  const names = members.map(({ object }) => formatReference(object)).sort();
  const kinds = [...new Set(members.map(({ object }) => object.kind))].sort();
  return {
    total: members.length,
    sample: names.slice(0, sampleSize),
    removal: `kubectl delete ${kinds.join(',')} --all-namespaces --selector applyset.kubernetes.io/part-of=${inventory.id}`,
  };
}
