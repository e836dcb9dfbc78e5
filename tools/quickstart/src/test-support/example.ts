import { ISTIO_VERSION, istioValues } from '@meshwright/testbed';
import { expect } from 'vitest';
import { commitExample } from '../workspace.ts';
import { untilEnded } from './rollouts.ts';
import type { Scene } from './scene.ts';

/** Commits the example as it is for a real node: a mesh, and a workload that sends through it. Gives the commit. */
export async function commitMeshedExample({
  workspace,
}: Scene): Promise<{ pattern: string; commit: string }> {
  const values = { istiod: { ...istioValues(ISTIO_VERSION) } };
  return commitExample(workspace, { values, simulated: false });
}

/** Has the engine install the example, and gives its commit. */
export async function installExample(scene: Scene): Promise<string> {
  const committed = await commitMeshedExample(scene);
  expect((await untilEnded(scene, committed)).status).toMatchObject({ phase: 'succeeded' });
  return committed.commit;
}
