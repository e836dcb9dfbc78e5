import { type ClusterClient, type Inventory, openInventory, openKeptSecrets } from '@meshwright/cluster';
import type {
  ConcludeInput,
  PatternSnapshot,
  PatternSpec,
  Plan,
  PlanChangeInput,
  StageResult,
} from '@meshwright/model';
import { sampleSnapshot } from '@meshwright/plugin-testkit';
import { planChange } from '../planning/plan-change.ts';
import type { TargetTools } from '../planning/target.ts';
import { applyStage } from '../stages/apply-stage.ts';
import { concludeChange } from '../stages/conclude-change.ts';
import { findStage, type FoundStage } from '../stages/find-stage.ts';
import { verifyStage } from '../stages/verify-stage.ts';
import { meshSpec } from './small-mesh.ts';

/** What a test plans: the pattern's content, its specification, and what for. */
export interface PlanParts extends Partial<Omit<PatternSnapshot, 'pattern'>> {
  spec?: Partial<PatternSpec>;
  input?: Partial<PlanChangeInput>;
}

/** One pattern and its tools on a real API server, carried out as the activities do. */
export interface Bench {
  namespace: string;
  tools: TargetTools;
  cluster: ClusterClient;
  inventory: Inventory;
  plan: (parts?: PlanParts) => Promise<Plan>;
  /** Applies and verifies a stage of the plan that was made last; gives the notes of both. */
  carryOutStage: (id: string, options?: StageOptions) => Promise<string>;
  /** Carries out all stages of the plan that was made last. */
  carryOut: () => Promise<string[]>;
  /** Carries out the way back of the plan that was made last, after these stages had begun. */
  goBack: (begun: readonly string[]) => Promise<string[]>;
  /** Concludes the plan that was made last. */
  conclude: (outcome: ConcludeInput['outcome'], hold?: ConcludeInput['hold']) => Promise<void>;
}

/** How a stage is carried out. */
export interface StageOptions {
  /** Other connections than those of planning, such as some that break. */
  clients?: TargetTools['clients'];
  /** Called when it was applied, before its health is looked at. */
  applied?: () => Promise<void>;
  /** How long its health is waited for at most, whatever the plan says. */
  mostSeconds?: number;
}

/** The bench of a pattern of this name; its tools are the caller's to close. */
export function benchOf(namespace: string, tools: TargetTools): Bench {
  const { clients, evidence } = tools;
  const cluster = clients.as();
  const { signal } = new AbortController();
  let last: { digest: Plan['snapshot']; plan: Plan; commit: string } | undefined;
  const planned = () => {
    if (last === undefined) throw new Error('There is no plan yet.');
    return last;
  };
  const bench: Bench = {
    namespace,
    tools,
    cluster,
    inventory: openInventory(cluster, { pattern: namespace }),
    async plan({ input, ...parts } = {}) {
      const snapshot = await evidence.putJson(snapshotOf(namespace, parts));
      const asked = { ...inputFor(namespace, snapshot), ...input };
      const { digest } = await planChange(asked, tools, signal);
      last = { digest, plan: await evidence.getJson<Plan>(digest), commit: asked.commit };
      return last.plan;
    },
    async carryOutStage(id, options = {}) {
      const { clients = tools.clients } = options;
      const stage = { digest: planned().digest, id };
      const { applied, verified } = await carryOutStage(stage, { ...tools, clients }, options);
      return `${id}: ${[applied.note, verified.note].filter((note) => note !== '').join('; ')}`;
    },
    async carryOut() {
      const notes: string[] = [];
      for (const { id } of planned().plan.stages) notes.push(await bench.carryOutStage(id));
      return notes;
    },
    async goBack(begun) {
      const notes: string[] = [];
      for (const { id, undoes } of planned().plan.rollback) {
        if (undoes.some((undone) => begun.includes(undone))) notes.push(await bench.carryOutStage(id));
      }
      return notes;
    },
    async conclude(outcome, hold) {
      const { digest, plan, commit } = planned();
      const input = { cluster: 'test', plan: digest, rollout: 'rollout:p@c', commit, outcome, at: 1_000 };
      const { inventory } = bench;
      const kept = openKeptSecrets(cluster, plan.pattern);
      await concludeChange({ ...input, ...(hold === undefined ? {} : { hold }) }, plan, { inventory, kept });
    },
  };
  return bench;
}

async function carryOutStage(
  { digest, id }: { digest: Plan['snapshot']; id: string },
  tools: TargetTools,
  { applied: whenApplied, mostSeconds = Infinity }: StageOptions,
): Promise<{ applied: StageResult; verified: StageResult }> {
  const { signal } = new AbortController();
  const found = await findStage({ cluster: 'test', plan: digest, stage: id }, tools.evidence);
  const { plan } = found;
  const cluster = tools.clients.as(plan.serviceAccount);
  const inventory = openInventory(cluster, { pattern: plan.pattern, keeper: tools.clients.as() });
  const tell = (): void => undefined;
  // One time for each stage of each plan, as the workflow gives it.
  const place = [...plan.stages, ...plan.rollback].findIndex((each) => each.id === id);
  const at = new Date(Number.parseInt(digest.slice(7, 17), 16) + 1_000 * place).toISOString();
  const plugin = tools.registry.mesh(plan.mesh.type);
  const context = { cluster, charts: tools.chartsOf(plugin), signal };
  const made = () => plugin.leftovers(context);
  const kept = openKeptSecrets(tools.clients.as(), plan.pattern);
  const stageTools = { cluster, inventory, kept, signal, made, tell, goneMs: 15_000 };
  const applied = await applyStage(found, at, stageTools);
  await whenApplied?.();
  return {
    applied,
    verified: await verifyStage(within(found, mostSeconds), { cluster, plugin, context, tell }),
  };
}

function within(found: FoundStage, mostSeconds: number): FoundStage {
  const timeoutSeconds = Math.min(found.stage.timeoutSeconds, mostSeconds);
  return { ...found, stage: { ...found.stage, timeoutSeconds } };
}

function inputFor(namespace: string, snapshot: Plan['snapshot']): PlanChangeInput {
  return {
    cluster: 'test',
    pattern: namespace,
    repository: 'r',
    commit: 'c'.repeat(40),
    snapshot,
    purpose: 'apply',
    adopt: false,
    despiteHold: false,
  };
}

function snapshotOf(namespace: string, { spec, ...content }: Omit<PlanParts, 'input'>): PatternSnapshot {
  const targets = [{ cluster: 'test', wave: 1 }];
  return sampleSnapshot(namespace, { ...content, spec: { targets, mesh: meshSpec('1.0.0'), ...spec } });
}
