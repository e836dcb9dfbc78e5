import { strict as assert } from 'node:assert';
import { formatReference, type ObjectReference, type Plan, referenceKey } from '@meshwright/model';
import { contextOf, detect, type Led } from './life.ts';

const patience = 60_000;
const lookMilliseconds = 250;

/**
 * Fails where anything is left that was ever the pattern's or was made for the mesh: but for what the plan lets go of, and
 * what the plugin says that it leaves.
 */
export async function expectNothingLeft(led: Led, plan: Pick<Plan, 'stages'>): Promise<void> {
  const { subject, trial } = led;
  assert.deepEqual(await trial.members(), []);
  assert.deepEqual(await detect(led), []);
  assert.deepEqual(await subject.plugin.leftovers(contextOf(trial)), []);
  const released = new Set(plan.stages.flatMap(({ releases }) => releases.map(referenceKey)));
  const kept = (reference: ObjectReference) =>
    released.has(referenceKey(reference)) || subject.leaves.some(({ is }) => is(reference));
  const due = [...led.seen.values()].filter((reference) => !kept(reference));
  assert.ok(due.length > 0, 'nothing was ever there');
  assert.deepEqual((await stillThere(led, due)).map(formatReference), [], 'this is left');
}

/** A namespace takes a moment to take its content along. */
async function stillThere({ trial }: Led, due: readonly ObjectReference[]): Promise<ObjectReference[]> {
  const until = Date.now() + patience;
  for (;;) {
    const live = await Promise.all(due.map((reference) => trial.cluster.get(reference)));
    const left = due.filter((_reference, index) => live[index] !== undefined);
    if (left.length === 0 || Date.now() > until) return left;
    await new Promise((resolve) => setTimeout(resolve, lookMilliseconds));
  }
}
