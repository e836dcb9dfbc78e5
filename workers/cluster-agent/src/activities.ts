import { openInventory } from '@meshwright/cluster';
import { MeshwrightError, type Plan, type TargetActivities } from '@meshwright/model';
import { heartbeating, tellWaiting } from '@meshwright/temporal';
import { planChange } from './planning/plan-change.ts';
import type { TargetTools } from './planning/target.ts';
import { applyStage, type StageTools } from './stages/apply-stage.ts';
import { concludeChange } from './stages/conclude-change.ts';
import { findPlan, findStage } from './stages/find-stage.ts';
import { listOwned } from './stages/list-owned.ts';
import { verifyStage } from './stages/verify-stage.ts';

/** The activities of one target. Each refuses input that is meant for another cluster. */
export function createTargetActivities(tools: TargetTools): TargetActivities {
  const { clients, evidence } = tools;
  return {
    planChange(input) {
      refuseOther(input.cluster, clients.name);
      return heartbeating((signal) => planChange(input, tools, signal));
    },
    applyStage(input) {
      refuseOther(input.cluster, clients.name);
      return heartbeating(async (signal) => {
        const found = await findStage(input, evidence);
        const at = new Date(input.at).toISOString();
        return applyStage(found, at, stageTools(found.plan, tools, signal));
      });
    },
    verifyStage(input) {
      refuseOther(input.cluster, clients.name);
      return heartbeating(async (signal) => {
        const found = await findStage(input, evidence);
        const plugin = tools.registry.mesh(found.plan.mesh.type);
        const { cluster, tell } = stageTools(found.plan, tools, signal);
        const context = { cluster, charts: tools.chartsOf(plugin), signal };
        return verifyStage(found, { cluster, plugin, context, tell });
      });
    },
    concludeChange(input) {
      refuseOther(input.cluster, clients.name);
      return heartbeating(async () => {
        const plan = await findPlan(input, evidence);
        await concludeChange(input, plan, openInventory(clients.as(), { pattern: plan.pattern }));
      });
    },
    listOwned(input) {
      refuseOther(input.cluster, clients.name);
      return heartbeating((signal) =>
        listOwned(openInventory(clients.as(), { pattern: input.pattern }), signal),
      );
    },
  };
}

/** As the identity that the plan is bound to; the inventory's parent is the engine's own. */
function stageTools(plan: Plan, { clients }: TargetTools, signal: AbortSignal): StageTools {
  const cluster = clients.as(plan.serviceAccount);
  const inventory = openInventory(cluster, { pattern: plan.pattern, keeper: clients.as() });
  return { cluster, inventory, signal, tell: tellWaiting };
}

function refuseOther(asked: string, own: string): void {
  if (asked === own) return;
  throw new MeshwrightError('UNKNOWN_TARGET', `This agent serves cluster ${own}, not ${asked}.`);
}
