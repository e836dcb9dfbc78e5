import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { isMeshwrightError, messageOf } from '@meshwright/model';
import type { TestProject } from 'vitest/node';

import { ensurePart } from './parts/ensure.ts';
import { startPostgres, type PostgresServer } from './postgres/start-postgres.ts';
import { ciliumCharts } from './parts/cilium-charts.ts';
import { istioCharts } from './parts/istio-module.ts';
import { streamProgress } from './progress/stream-progress.ts';
import { clearAbandonedTestbeds } from './status.ts';
import { startTestbed } from './testbed.ts';

declare module 'vitest' {
  /** What an integration test gets through `inject`. */
  interface ProvidedContext {
    /** The path of an administrator's kubeconfig. */
    kubeconfig: string;
    /** `host:port` of Temporal's frontend. */
    temporalAddress: string;
    temporalNamespace: string;
    /** A PostgreSQL server that vitest's global set-up has started, or why there is none. */
    postgres: { url: string; authority: string } | { missing: string };
  }
}

/** Names a testbed that tests shall use and leave running, so that a developer need not wait for a start. */
const REUSED_TESTBED = 'MESHWRIGHT_TESTBED';

/**
 * Vitest's global set-up: one API server, one Temporal server and one PostgreSQL server for the run, handed to tests by
 * `inject('kubeconfig')`, `inject('temporalAddress')` and `inject('postgres')`. Without PostgreSQL only the tests that need it
 * fail.
 *
 * @returns what takes them down again.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const progress = streamProgress(process.stderr);
  const reused = process.env[REUSED_TESTBED];
  if (reused === undefined) await clearAbandonedTestbeds();
  const starting = startPostgres({ progress }).catch((error: unknown) => ({ missing: whyMissing(error) }));
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
  process.env.MESHWRIGHT_TEST_HELM ??= await ensurePart('helm', { progress });
  process.env.MESHWRIGHT_TEST_ISTIO_CHARTS ??= await istioCharts({ progress });
  process.env.MESHWRIGHT_TEST_CILIUM_CHARTS ??= await ciliumCharts({ progress });
  const postgres = await starting;
  project.provide(
    'postgres',
    'missing' in postgres ? postgres : { url: postgres.url, authority: postgres.authority },
  );
  if (reused !== undefined) return () => stopPostgres(postgres);

  process.once('exit', clearDetached);
  return async () => {
    await Promise.all([testbed.stop({ remove: true }), stopPostgres(postgres)]);
    process.off('exit', clearDetached);
  };
}

function whyMissing(error: unknown): string {
  const remedy = isMeshwrightError(error) ? error.details.remedy : undefined;
  return `There is no PostgreSQL: ${messageOf(error)}. ${remedy ?? ''}`.trimEnd();
}

async function stopPostgres(postgres: PostgresServer | { missing: string }): Promise<void> {
  if (!('missing' in postgres)) await postgres.stop();
}

/**
 * For a run that ends early, such as by Ctrl-C: a process on its way out can only leave the work to another, which waits
 * for its end and then also clears away what single tests had started.
 */
function clearDetached(): void {
  const args = [join(import.meta.dirname, 'main.ts'), 'clear', '--after', String(process.pid)];
  spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref();
}
