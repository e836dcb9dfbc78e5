import { afterAll, beforeAll } from 'vitest';
import { openScene, type Scene, type SceneOptions } from './scene.ts';

/** How a scene is before the first test. */
export interface ScenePreparation extends SceneOptions {
  profile: 'control-plane' | 'node';
  /** Made once it is up, with no engine yet. */
  prepare?: (scene: Scene) => Promise<unknown>;
}

/** One scene for all tests of a file, taken down after the last of them; gives how they reach it. */
export function useScene({ profile, prepare, ...options }: ScenePreparation): () => Scene {
  let scene: Scene | undefined;
  beforeAll(async () => {
    scene = await openScene(profile, options);
    await prepare?.(scene);
  });
  afterAll(() => scene?.stop());
  return () => {
    if (scene === undefined) throw new Error('There is no scene.');
    return scene;
  };
}
