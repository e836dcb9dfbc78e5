import { type KubernetesObject, MeshwrightError, PlanAction, referenceKey } from '@meshwright/model';
import { beginLife, endLife, type Life, type Trial, type Wish } from '@meshwright/plugin-testkit';
import type { MeshEntry } from './subjects.ts';
import { openTrial, type TrialPlace } from './trial.ts';

/** How long plans of a mesh took that changes nothing, in milliseconds; one entry for each repetition. */
export interface PlanTimes {
  /** By planning that knows nothing yet of the server and of charts. */
  cold: number[];
  /** By the same again, several times each. */
  warm: number[];
}

/**
 * Installs a mesh on a real API server with simulated nodes, and plans it again and again.
 * @throws MeshwrightError INTERNAL when a plan would change anything.
 */
export async function timePlans(
  { subject }: MeshEntry,
  place: TrialPlace,
  { repetitions, warmEach }: { repetitions: number; warmEach: number },
): Promise<PlanTimes> {
  const times: PlanTimes = { cold: [], warm: [] };
  const { trial, close } = await openTrial(subject.plugin, place);
  const life = await beginLife(subject, trial);
  try {
    const wish = await install(life);
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const fresh = await openTrial(subject.plugin, place, trial.name);
      times.cold.push(await timePlan(fresh.trial, wish));
      for (let again = 0; again < warmEach; again += 1) times.warm.push(await timePlan(fresh.trial, wish));
      await fresh.close();
    }
    return times;
  } finally {
    await endLife(life);
    await close();
  }
}

/** The mesh with a settings map of somebody's; gives what was wished for, which changes nothing from then on. */
async function install({ subject, trial, standIn, shop, seen }: Life): Promise<Wish> {
  const metadata = { name: 'settings', namespace: shop };
  const settings: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: { colour: 'green' },
  };
  const wish: Wish = {
    mesh: subject.mesh(subject.versions.newer),
    workloads: [{ namespace: shop, enroll: true, objects: [settings] }],
  };
  const { stages } = await trial.plan(wish);
  for (const { id } of stages) {
    await trial.carryOutStage(id, { applied: () => standIn.applied(id, [shop]) });
  }
  await trial.conclude('kept');
  // What is seen goes at the end.
  for (const member of await trial.members()) seen.set(referenceKey(member), member);
  return wish;
}

async function timePlan(trial: Trial, wish: Wish): Promise<number> {
  const begun = performance.now();
  const { action } = await trial.plan(wish);
  const took = performance.now() - begun;
  if (action === PlanAction.none) return took;
  throw new MeshwrightError('INTERNAL', `The plan of an unchanged mesh is to ${action}.`);
}
