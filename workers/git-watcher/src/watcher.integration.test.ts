import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSecrets, type Config } from '@meshwright/config';
import { openEvidence } from '@meshwright/evidence';
import { createWorkbench, type Workbench } from '@meshwright/git/test-support';
import { Message, type RepositoryStatus, TaskQueue, workflowId, WorkflowType } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import {
  connectTemporal,
  ensureSearchAttributes,
  type RunningWorker,
  startWorker,
  type TemporalConnection,
  type TemporalOptions,
} from '@meshwright/temporal';
import { loadWorkflowBundle } from '@meshwright/workflow-bundle';
import { testCacheDirectory, testServerAddress } from '@meshwright/workflow-bundle/test-support/server';
import { createNamespace, eventually } from '@meshwright/workflow-bundle/test-support/world';
import { configOf, recordingLogger } from './test-support.ts';
import { type GitWatcher, startGitWatcher } from './watcher.ts';
import { startWatches } from './watches.ts';

let bench: Workbench;
let temporal: TemporalOptions;
let connection: TemporalConnection;
let orchestrator: RunningWorker;
let watcher: GitWatcher;

beforeEach(async () => {
  bench = await createWorkbench();
  temporal = { address: testServerAddress(), namespace: `git-watcher-${randomUUID()}` };
  await createNamespace(temporal.address, temporal.namespace);
  connection = await connectTemporal(temporal);
  await ensureSearchAttributes(connection.client.connection, temporal);
  orchestrator = await startWorker({
    ...temporal,
    taskQueue: TaskQueue.orchestrator,
    workflowBundle: await loadWorkflowBundle({ cacheDirectory: testCacheDirectory }),
    logger: recordingLogger(),
    graceSeconds: 1,
  });
  await orchestrator.ready;
});
afterEach(async () => {
  await watcher.stop();
  await orchestrator.stop();
  await connection.close();
  await bench.dispose();
});

/** Looks so seldom that only a hint can bring a second commit in time. */
async function watch(options: { repositories?: string[]; logger?: Logger } = {}): Promise<void> {
  const { repositories = ['patterns'], logger = recordingLogger() } = options;
  const config: Config = {
    ...configOf(bench, { intervalMs: 3_600_000 }),
    path: '/nowhere/meshwright.yaml',
    temporal: { address: temporal.address, namespace: temporal.namespace },
    meshes: {},
    probes: { image: 'none' },
    charts: { helm: 'helm', cache: '/nowhere' },
    results: { sqlite: '/nowhere' },
    forges: [],
    chats: [],
    gateway: { listen: { host: '127.0.0.1', port: 0 }, tokens: [] },
    log: { level: 'silent' },
  };
  config.repositories = config.repositories.flatMap((one) => repositories.map((name) => ({ ...one, name })));
  const evidence = openEvidence(config.evidence);
  watcher = await startGitWatcher({
    config,
    temporal,
    evidence,
    secrets: openSecrets(),
    logger,
    knownMeshes: ['istio'],
  });
  await watcher.ready;
}

async function hasRead(commit: string): Promise<RepositoryStatus> {
  const handle = connection.client.workflow.getHandle(workflowId.repository('patterns'));
  return eventually(`commit ${commit} has been read`, async () => {
    const status = await handle.query<RepositoryStatus>(Message.repositoryStatus);
    expect(status.lastCommit?.id).toBe(commit);
    return status;
  });
}

async function pushBroken(message: string): Promise<string> {
  await bench.write('patterns/broken.yaml', `kind: Pattern # ${message}\n`);
  const commit = await bench.commit(message);
  await bench.push();
  return commit;
}

describe('the git watcher', () => {
  it('reads the first commit by itself and the next one on a hint, with a rollout for each file', async () => {
    const first = await pushBroken('first');
    await watch();
    const status = await hasRead(first);
    expect(status.patterns).toEqual([
      expect.objectContaining({ path: 'patterns/broken.yaml', pattern: 'patterns.broken.yaml' }),
    ]);
    const second = await pushBroken('second');
    watcher.hint('patterns');
    await hasRead(second);
  });

  it('keeps the watch that runs when it is started again', async () => {
    const commit = await pushBroken('first');
    await watch();
    await hasRead(commit);
    const handle = connection.client.workflow.getHandle(workflowId.repository('patterns'));
    const { runId } = await handle.describe();
    await watcher.stop();
    await watch();
    expect((await handle.describe()).runId).toBe(runId);
  });

  it('may be stopped while it begins: that is no failure of its own', async () => {
    await watch();
    const repositories = ['patterns'];
    const stopped = Promise.withResolvers<undefined>();
    // Stopped once it is connected, before it has asked for the first watch.
    Object.defineProperty(repositories, Symbol.iterator, {
      *value() {
        void watches.stop().then(() => stopped.resolve(undefined));
        yield 'patterns';
      },
    });
    const mirrors = join(bench.directory, 'state', 'mirrors');
    const watches = startWatches({ repositories, mirrors, temporal, logger: recordingLogger() });
    await expect(watches.started).resolves.toBeUndefined();
    await stopped.promise;
  });

  it('ends the watch of a repository that was removed from the configuration, and no watch of others', async () => {
    const commit = await pushBroken('first');
    await watch({ repositories: ['patterns', 'removed'] });
    await hasRead(commit);
    const { workflow } = connection.client;
    const handleOf = (name: string) => workflow.getHandle(workflowId.repository(name));
    const strange = { taskQueue: 'nobody', workflowId: workflowId.repository('foreign') };
    await workflow.start(WorkflowType.repositoryWatch, { ...strange, args: [{ repository: 'foreign' }] });
    const mirrors = join(bench.directory, 'state', 'mirrors');
    await eventually('both were looked at', async () => {
      expect(await readdir(mirrors)).toEqual(expect.arrayContaining(['patterns', 'removed']));
    });
    await eventually('the other watch is listed', async () => {
      const { count } = await workflow.count('ExecutionStatus = "Running"');
      expect(count).toBe(3);
    });
    await watcher.stop();
    const logger = recordingLogger();
    await watch({ logger });
    expect((await handleOf('removed').describe()).status.name).toBe('TERMINATED');
    expect((await handleOf('patterns').describe()).status.name).toBe('RUNNING');
    expect((await handleOf('foreign').describe()).status.name).toBe('RUNNING');
    expect(await readdir(mirrors)).toEqual(['patterns']);
    const lines = logger.lines.filter((line) => line.includes('watch'));
    expect(lines).toEqual([
      expect.stringContaining('"repository:removed"'),
      expect.stringContaining('"repository:foreign"'),
    ]);
  });
});
