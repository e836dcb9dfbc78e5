import { expect, it } from 'vitest';
import type { Verification, VerifyChange } from '../mesh.ts';
import type { PluginContext } from '../ports.ts';
import { type Check, failed, healthy, waitingFor } from './check.ts';
import { allOf, verifyStages } from './verify.ts';

// Nothing here looks at them.
const [change, context] = [{} as VerifyChange, {} as PluginContext];
const seeing =
  (verification: Verification): Check =>
  () =>
    Promise.resolve(verification);
const never: Check = () => Promise.reject(new Error('nobody looks here'));

it('looks at a stage, and refuses one that is not there, by whatever name', async () => {
  const verify = verifyStages('Mesh', { crds: seeing(healthy('served')), verify: never });
  expect(await verify('crds', change, context)).toEqual(healthy('served'));
  for (const stage of ['tag', 'constructor']) {
    await expect(verify(stage, change, context)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: `Mesh has no stage "${stage}": it has crds, verify.`,
    });
  }
});

it('tells the notes of all parts, whichever is to lead, and none that say nothing', async () => {
  const parts = ['one', '', 'two'].map((note) => seeing(healthy(note)));
  expect(await allOf(parts)(change, context)).toEqual(healthy('two; one'));
  expect(await allOf(parts, 'first')(change, context)).toEqual(healthy('one; two'));
});

it.each([waitingFor(['a pod'], ''), failed('it is broken', 'Mend it.')])(
  'looks no further than a part that is $state',
  async (verification) => {
    expect(await allOf([seeing(healthy('one')), seeing(verification), never])(change, context)).toEqual(
      verification,
    );
  },
);
