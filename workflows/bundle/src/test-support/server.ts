import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the Temporal server that vitest's global set-up has started. */
    temporalAddress: string;
  }
}

/** The real Temporal server of this test run, or the one a developer keeps running. */
export function testServerAddress(): string {
  return process.env.MESHWRIGHT_TEST_TEMPORAL ?? inject('temporalAddress');
}

/** Where tests keep the bundle: it is named by its sources, so that all files and runs can share it. */
export const testCacheDirectory = join(tmpdir(), 'meshwright-test-bundles');
