import { afterAll, beforeAll, expect, it } from 'vitest';
import { namespaces, readInventory } from './test-support/cluster.ts';
import { settings, workload } from './test-support/patterns-repository.ts';
import { untilEnded, why } from './test-support/rollouts.ts';
import { editConfiguration, impatient, openScene, type Scene } from './test-support/scene.ts';

let scene: Scene | undefined;

beforeAll(async () => {
  scene = await openScene('node');
  await editConfiguration(scene.workspace, impatient);
  await scene.startEngine();
});
afterAll(() => scene?.stop());

it('an image that cannot be pulled is named with its stage, and the change is taken back', async () => {
  if (scene === undefined) throw new Error('There is no scene.');
  const image = 'registry.invalid/absent:1';
  const committed = await scene.patterns.commitPattern({ manifests: [settings(), workload('web', image)] });
  const { execution, status } = await untilEnded(scene, committed);
  expect(execution).toBe('FAILED');
  expect(status).toMatchObject({ phase: 'rolled-back', failure: { code: 'NOT_READY', stage: 'workloads' } });
  expect(status.failure?.message).toContain(`Deployment ${committed.namespace}/web`);
  expect(status.failure?.message).toMatch(/ImagePullBackOff|ErrImagePull/);
  expect(status.failure?.message).toContain(image);
  expect(status.failure?.remedy).toContain("Check the image's name and tag");
  expect(await why(scene, committed)).toContain(image);

  expect((await readInventory(scene, committed.pattern))?.members).toEqual([]);
  const left = await namespaces(scene);
  expect(left).not.toContain('istio-system');
  expect(left).not.toContain(committed.namespace);
});
