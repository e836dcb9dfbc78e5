import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { streamProgress } from './progress/stream-progress.ts';
import { clearAbandonedTestbeds } from './status.ts';
import { startTestbed, type Testbed } from './testbed.ts';

declare module 'vitest' {
  /** What an integration test gets through `inject`. */
  interface ProvidedContext {
    /** The path of an administrator's kubeconfig. */
    kubeconfig: string;
    /** `host:port` of Temporal's frontend. */
    temporalAddress: string;
    temporalNamespace: string;
  }
}

/** Names a testbed that tests shall use and leave running, so that a developer need not wait for a start. */
const REUSED_TESTBED = 'MESHWRIGHT_TESTBED';

/**
 * Vitest's global set-up: one API server and one Temporal server for the run, with a name of their own, handed to tests
 * by `inject('kubeconfig')` and `inject('temporalAddress')`.
 *
 * @returns what takes them down again.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const progress = streamProgress(process.stderr);
  const reused = process.env[REUSED_TESTBED];
  if (reused === undefined) await clearAbandonedTestbeds();
  const testbed = await startTestbed({
    name: reused ?? `test-${randomBytes(6).toString('hex')}`,
    profile: 'control-plane',
    owned: reused === undefined,
    progress,
    ...(reused === undefined ? { temporal: { persistent: false } } : {}),
  });
  if (testbed.temporal === undefined) throw new Error('the testbed has no Temporal server');
  project.provide('kubeconfig', testbed.kubeconfig);
  project.provide('temporalAddress', testbed.temporal.address);
  project.provide('temporalNamespace', testbed.temporal.namespace);
  if (reused !== undefined) return () => Promise.resolve();

  const stopAtExit = (): void => stopDetached(testbed);
  process.once('exit', stopAtExit);
  return async () => {
    await testbed.stop({ remove: true });
    process.off('exit', stopAtExit);
  };
}

/** For a run that ends early, such as by Ctrl-C: a process that is on its way out can only leave the work to another. */
function stopDetached({ name, directory }: Testbed): void {
  const command = join(import.meta.dirname, 'main.ts');
  const args = [command, 'stop', '--name', name, '--state-directory', directory, '--remove'];
  spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref();
}
