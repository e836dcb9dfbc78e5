import type { PartContext } from '../parts/context.ts';
import type { Part } from '../parts/part.ts';
import { silentProgress } from '../progress/progress.ts';

/** A context whose cache and PATH are the test's own. */
export function testContext(cache: string, overrides: Partial<PartContext> = {}): PartContext {
  return {
    environment: { PATH: '/usr/bin:/bin' },
    cache,
    install: false,
    progress: silentProgress,
    system: 'linux',
    architecture: 'amd64',
    ...overrides,
  };
}

export const examplePart: Part = { name: 'example', version: '1.2.3', purpose: 'an example' };
