import { afterAll, beforeAll, beforeEach } from 'vitest';
import { testCacheDirectory, testServerAddress } from './server.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

/** A world for the tests of one file, there once they begin; each of them finds its fakes as new. */
export function openWorld(options: WorldOptions = {}): World {
  const world = {} as World;
  beforeAll(async () => {
    Object.assign(world, await startWorld(testServerAddress(), testCacheDirectory, options));
  });
  afterAll(() => world.stop());
  beforeEach(() => {
    const { targets, repository, load, gateway, results } = world;
    for (const fake of [targets, repository, load, gateway, results]) fake.reset();
  });
  return world;
}
