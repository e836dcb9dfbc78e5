import { strict as assert } from 'node:assert';
import {
  Change,
  formatReference,
  type KubernetesObject,
  type ObjectReference,
  type Plan,
  type PlannedStage,
  Purpose,
  referenceKey,
  referenceOf,
} from '@meshwright/model';
import type { Installation, PluginContext } from '@meshwright/plugin-sdk';
import type { MeshSubject, StandIn } from '../subject.ts';
import type { StageOptions, Trial, TrialCluster, Wish } from '../trial.ts';
import { contentOf } from './content.ts';

/** A pattern of a mesh on a real API server, whoever leads it. */
export interface Led {
  subject: MeshSubject;
  trial: Pick<Trial, 'name' | 'cluster' | 'charts' | 'members'>;
  standIn: StandIn;
  /** The namespace of the pattern's workload. */
  shop: string;
  /** Everything that was ever the pattern's, or was made for the mesh while it ran. */
  seen: Map<string, ObjectReference>;
}

/** One life of a mesh on a real API server, which the cases lead from one to the next. */
export interface Life extends Led {
  trial: Trial;
  /** What the pattern had in each version, as it was when the version came without a disturbance. */
  states: Map<string, Record<string, unknown>>;
}

/** Begins a life: what the mesh's own controllers make of stages is seen. */
export async function beginLife(subject: MeshSubject, trial: Trial): Promise<Life> {
  return { ...(await lead(subject, trial)), trial, states: new Map() };
}

/** Has the mesh's own controllers stood in for, and what they make seen. */
export async function lead(subject: MeshSubject, trial: Led['trial']): Promise<Led> {
  const seen = new Map<string, ObjectReference>();
  const standIn = await subject.standIn(trial.cluster, watched(trial.cluster, seen));
  return { subject, trial, standIn, shop: `${trial.name}-shop`, seen };
}

function watched(cluster: TrialCluster, seen: Life['seen']): TrialCluster {
  return {
    ...cluster,
    async apply(object, manager) {
      const reference = referenceOf(object);
      seen.set(referenceKey(reference), reference);
      await cluster.apply(object, manager);
    },
  };
}

/** Ends a life, also one that failed: what it left goes, so that the next one begins on a clean cluster. */
export async function endLife({ trial, standIn, seen, shop }: Life): Promise<void> {
  for (const reference of [...(await trial.members()), ...seen.values()])
    await trial.cluster.remove(reference);
  const namespace = { apiVersion: 'v1', kind: 'Namespace' };
  for (const name of [shop, `${trial.name}-theirs`]) await trial.cluster.remove({ ...namespace, name });
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' };
  await trial.cluster.remove({ ...role, name: `${trial.name}-theirs` });
  await standIn.stop();
}

/** The pattern of a life in a version: a workload in the mesh, and a native resource. */
export function wishFor({ subject, shop }: Led, version: string, more: Partial<Wish> = {}): Wish {
  return {
    mesh: subject.mesh(version),
    workloads: [{ namespace: shop, enroll: true, objects: [workload(shop, subject.replicas)] }],
    resources: [settings(shop, 'settings')],
    ...more,
  };
}

/** A ConfigMap, as any native resource. */
export function settings(namespace: string, name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { name } };
}

function workload(namespace: string, replicas: number): KubernetesObject {
  const labels = { app: 'server' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'server', namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'registry.invalid/main:1' }] },
      },
    },
  };
}

/** Plans and carries out what is wished for, stage by stage, and concludes it. */
export async function change(life: Life, wish: Wish): Promise<Plan> {
  const plan = await life.trial.plan(wish);
  for (const { id } of plan.stages) await carryOut(life, plan, id);
  await conclude(life);
  return plan;
}

/** As {@link change}, but every stage that writes ends half way as in a crash, and is begun anew. */
export async function changeWithCrashes(life: Life, wish: Wish): Promise<Plan> {
  const plan = await life.trial.plan(wish);
  for (const stage of plan.stages) {
    const crashAfterWrites = Math.floor(writesOf(stage) / 2);
    if (writesOf(stage) > 0) await crash(life, stage.id, crashAfterWrites);
    await carryOut(life, plan, stage.id);
  }
  await conclude(life);
  return plan;
}

async function conclude(life: Life): Promise<void> {
  await life.trial.conclude('kept');
  await remember(life);
}

/** Carries out a stage of the plan that was made last. What is taken away makes nothing any more. */
export async function carryOut({ trial, standIn, shop }: Life, plan: Plan, id: string): Promise<void> {
  const makes = plan.purpose === Purpose.apply;
  await trial.carryOutStage(id, makes ? { applied: () => standIn.applied(id, [shop]) } : {});
}

async function crash(life: Life, id: string, crashAfterWrites: number): Promise<void> {
  const options: StageOptions = { crashAfterWrites };
  const ended = await life.trial.carryOutStage(id, options).then(
    () => 'went well',
    () => 'crashed',
  );
  assert.equal(ended, 'crashed', `the stage ${id} did not come to its write ${crashAfterWrites + 1}`);
}

function writesOf({ changes, deletes, leftovers, restarts }: PlannedStage): number {
  const applied = changes.filter((each) => each.change !== Change.unchanged && each.change !== Change.delete);
  return applied.length + deletes.length + leftovers.length + restarts.length;
}

/** Takes back what had begun of the plan that was made last, newest first. */
export async function goBack(life: Life, plan: Plan, begun: readonly string[]): Promise<void> {
  for (const { id, undoes } of plan.rollback) {
    if (undoes.some((undone) => begun.includes(undone))) await carryOut(life, plan, id);
  }
  await life.trial.conclude('rolled-back');
}

/** Writes down what the pattern has now, so that what stays of it later is noticed. */
export async function remember({ trial, seen }: Led): Promise<void> {
  for (const reference of await trial.members()) seen.set(referenceKey(reference), reference);
}

/** Fails where a plan of the same would change anything. */
export async function expectSettled(life: Life, wish: Wish): Promise<void> {
  const { action, stages } = await life.trial.plan(wish);
  const changes = stages.flatMap((stage) => [
    ...stage.changes
      .filter((each) => each.change !== Change.unchanged)
      .map(({ object, change: what, fields }) =>
        `${what} ${formatReference(object)} ${fields.map(({ path }) => path).join(' ')}`.trim(),
      ),
    ...stage.restarts.map((each) => `restart ${formatReference(each)}`),
  ]);
  assert.deepEqual(changes, [], 'the second plan is not empty');
  assert.equal(action, 'none');
}

/** What the plugin finds. */
export function detect({ subject, trial }: Led): Promise<Installation[]> {
  return subject.plugin.detect(contextOf(trial));
}

/** Fails unless the mesh is there once, in this version, and kept by Meshwright. */
export async function expectInstalled(led: Led, version: string): Promise<void> {
  const found = (await detect(led)).map((each) => ({ version: each.version, managedBy: each.managedBy }));
  assert.deepEqual(found, [{ version, managedBy: 'meshwright' }]);
}

/** What a plugin is handed to look at the cluster. */
export function contextOf({ cluster, charts }: Led['trial']): PluginContext {
  return { cluster, charts, signal: new AbortController().signal };
}

/** What the pattern has, by what names it, without what a server or the moment writes. */
export async function stateOf({ trial }: Life): Promise<Record<string, unknown>> {
  const state: Record<string, unknown> = {};
  for (const reference of await trial.members()) {
    const live = await trial.cluster.get(reference);
    state[formatReference(reference)] = live === undefined ? 'is not there' : contentOf(live);
  }
  return state;
}
