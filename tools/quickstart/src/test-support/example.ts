import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ISTIO_VERSION, istioValues } from '@meshwright/testbed';
import { expect } from 'vitest';
import { type Document, parseDocument } from 'yaml';
import { commitExample } from '../workspace.ts';
import { untilEnded } from './rollouts.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

/** The example's pattern. */
export const examplePattern = 'checkout-mesh';
/** Where the example's pattern lies. */
export const patternFile = `patterns/${examplePattern}.yaml`;

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

/** A scene on a real node where the engine has installed the example. */
export function useInstalledExample(purpose: string): () => Scene {
  return useScene({
    profile: 'node',
    purpose,
    async prepare(scene) {
      await scene.startEngine();
      await installExample(scene);
    },
  });
}

/** The text of the example's pattern after a change; nothing is written. */
export async function editedPattern(
  { patterns }: Scene,
  edit: (document: Document) => void,
): Promise<string> {
  const document = parseDocument(await readFile(join(patterns.directory, patternFile), 'utf8'));
  edit(document);
  return document.toString();
}
