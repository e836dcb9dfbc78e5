import { openInventory, openKeptSecrets } from '@meshwright/cluster';
import {
  type Leftover,
  type LoadActivities,
  MeshwrightError,
  type Plan,
  type TargetActivities,
} from '@meshwright/model';
import type { MeshPlugin, PluginContext } from '@meshwright/plugin-sdk';
import { heartbeating, tellWaiting } from '@meshwright/temporal';
import { planChange } from './planning/plan-change.ts';
import type { TargetTools } from './planning/target.ts';
import { runProbeTrial } from './probes/probe-trial.ts';
import { closeProbes } from './probes/close-probes.ts';
import { openProbes } from './probes/open-probes.ts';
import { applyStage, type StageTools } from './stages/apply-stage.ts';
import { concludeChange } from './stages/conclude-change.ts';
import { findPlan, findStage } from './stages/find-stage.ts';
import { listOwned } from './stages/list-owned.ts';
import { verifyStage } from './stages/verify-stage.ts';

/** The activities of one target. Each refuses input that is meant for another cluster. */
export function createTargetActivities(tools: TargetTools): TargetActivities & LoadActivities {
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
        const { cluster, tell } = stageTools(found.plan, tools, signal);
        const { imagePatienceMs } = tools;
        return verifyStage(found, {
          cluster,
          tell,
          ...(imagePatienceMs === undefined ? {} : { imagePatienceMs }),
          ...meshTools(found.plan, tools, signal),
        });
      });
    },
    runTrial(input) {
      refuseOther(input.probe?.cluster ?? '', clients.name);
      const { generators, registry } = tools;
      const cluster = clients.as();
      return heartbeating((signal) => runProbeTrial(input, { cluster, generators, registry, signal }));
    },
    openProbes(input) {
      refuseOther(input.cluster, clients.name);
      return heartbeating(async (signal) => {
        const plan = await findPlan(input, evidence);
        return openProbes(plan, { cluster: clients.as(plan.serviceAccount), signal, tell: tellWaiting });
      });
    },
    closeProbes(input) {
      refuseOther(input.cluster, clients.name);
      return heartbeating(async (signal) => {
        const plan = await findPlan(input, evidence);
        return closeProbes(plan, { cluster: clients.as(plan.serviceAccount), signal });
      });
    },
    concludeChange(input) {
      refuseOther(input.cluster, clients.name);
      return heartbeating(async () => {
        const plan = await findPlan(input, evidence);
        const { pattern } = plan;
        const kept = openKeptSecrets(clients.as(), pattern);
        await concludeChange(input, plan, { inventory: openInventory(clients.as(), { pattern }), kept });
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
function stageTools(plan: Plan, tools: TargetTools, signal: AbortSignal): StageTools {
  const { clients } = tools;
  const cluster = clients.as(plan.serviceAccount);
  const inventory = openInventory(cluster, { pattern: plan.pattern, keeper: clients.as() });
  const kept = openKeptSecrets(clients.as(), plan.pattern);
  const made = (): Promise<Leftover[]> => {
    const { plugin, context } = meshTools(plan, tools, signal);
    return plugin.leftovers(context);
  };
  return { cluster, inventory, kept, signal, made, tell: tellWaiting };
}

function meshTools(
  { mesh, serviceAccount }: Plan,
  { clients, registry, ...tools }: TargetTools,
  signal: AbortSignal,
): { plugin: MeshPlugin; context: PluginContext } {
  const plugin = registry.mesh(mesh.type);
  return { plugin, context: { cluster: clients.as(serviceAccount), charts: tools.chartsOf(plugin), signal } };
}

function refuseOther(asked: string, own: string): void {
  if (asked === own) return;
  throw new MeshwrightError('UNKNOWN_TARGET', `This agent serves cluster ${own}, not ${asked}.`);
}
