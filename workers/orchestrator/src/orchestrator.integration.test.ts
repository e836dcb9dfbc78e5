import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { failureOf, SearchAttribute, TaskQueue, WorkflowType, type RolloutInput } from '@meshwright/model';
import { createLogger } from '@meshwright/telemetry';
import { connectTemporal } from '@meshwright/temporal';
import { startOrchestrator } from './orchestrator.ts';

const noResults = (): Promise<never> => Promise.reject(new Error('Nothing is kept in these tests.'));

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the Temporal server that vitest's global set-up has started. */
    temporalAddress: string;
  }
}

const address = process.env.MESHWRIGHT_TEST_TEMPORAL ?? inject('temporalAddress');
const temporal = { address, namespace: 'default' };
const logger = createLogger({ name: 'test', level: 'silent' });
let bundleDirectory: string;

beforeAll(async () => {
  bundleDirectory = await mkdtemp(join(tmpdir(), 'meshwright-bundles-'));
});
afterAll(() => rm(bundleDirectory, { recursive: true }));

it('registers the search attributes, then runs workflows', async () => {
  const orchestrator = await startOrchestrator({ temporal, logger, results: noResults, bundleDirectory });
  await orchestrator.ready;
  const connection = await connectTemporal(temporal);
  try {
    const { client } = connection;
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
      namespace: temporal.namespace,
    });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.values(SearchAttribute)));
    const author = { author: 'Ann', authorEmail: 'a@b', contributors: [] };
    const commit = { id: 'c'.repeat(40), ...author, subject: 's', committedAt: 0 };
    const input: RolloutInput = {
      repository: 'r',
      commit,
      path: 'p.yaml',
      pattern: 'p',
      diagnostics: [],
      purpose: 'apply',
    };
    const error: unknown = await client.workflow
      .execute(WorkflowType.patternRollout, {
        taskQueue: TaskQueue.orchestrator,
        workflowId: `rollout:orchestrated-${randomUUID()}`,
        args: [input],
      })
      .catch((reason: unknown) => reason);
    expect(failureOf(error).code).toBe('INVALID_PATTERN');
  } finally {
    await connection.close();
    await orchestrator.stop();
  }
});

it('waits for a Temporal that is not there, and can be stopped meanwhile', async () => {
  const nowhere = { address: '127.0.0.1:9', namespace: 'default' };
  const orchestrator = await startOrchestrator({
    temporal: nowhere,
    logger,
    results: noResults,
    bundleDirectory,
  });
  await orchestrator.stop();
  await orchestrator.finished;
});

it('does not wait for a namespace that nobody has made', async () => {
  const missing = { address, namespace: 'nobody-made-this' };
  const orchestrator = await startOrchestrator({
    temporal: missing,
    logger,
    results: noResults,
    bundleDirectory,
  });
  await expect(orchestrator.finished).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
});
