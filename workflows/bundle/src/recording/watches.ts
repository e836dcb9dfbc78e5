import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import {
  Message,
  TaskQueue,
  workflowId,
  WorkflowType,
  type CommitInfo,
  type RepositoryStatus,
} from '@meshwright/model';
import { sampleRollout } from '../test-support/samples.ts';
import { eventually, type World } from '../test-support/world.ts';
import type { Scenario } from './scenarios.ts';

/** What a repository watch goes through, and a preview. */
export const watchScenarios: Record<string, Scenario> = {
  'repositoryWatch.commit-and-hint': async (world) => {
    const { watch } = await watched(world, 100);
    await watch.terminate('recorded');
    return watch;
  },
  'repositoryWatch.continued-as-new': async (world) => {
    // With one look in each run, the first run is one that continued as new.
    const { first } = await watched(world, 1);
    return first;
  },
  'repositoryWatch.pattern-removed': async (world) => {
    const { watch } = await watched(world, 101);
    const rollout = sampleRollout('m', { subject: randomUUID(), purpose: 'uninstall' });
    const { commit, path, pattern } = rollout;
    world.repository.moveTo([], { commit, removed: [{ path, pattern, rollout }] });
    await watch.signal(Message.repositoryHint);
    await hasRead(watch, commit);
    await watch.terminate('recorded');
    return watch;
  },
};

/** A watch that has followed a commit, then a hint to another one that supersedes it. */
async function watched(
  world: World,
  looksPerRun: number,
): Promise<{ watch: WorkflowHandle; first: WorkflowHandle }> {
  const first = sampleRollout('m', { subject: randomUUID(), approval: { required: true } });
  world.repository.moveTo([first]);
  const repository = `watched-${looksPerRun}`;
  const started = await world.client.workflow.start(WorkflowType.repositoryWatch, {
    taskQueue: TaskQueue.orchestrator,
    workflowId: workflowId.repository(repository),
    args: [{ repository, looksPerRun }],
  });
  const watch = world.client.workflow.getHandle(started.workflowId);
  await hasRead(watch, first.commit);
  const second = sampleRollout('m', { subject: randomUUID() });
  world.repository.polls = false;
  world.repository.moveTo([second]);
  await watch.signal(Message.repositoryHint);
  await hasRead(watch, second.commit);
  return { watch, first: world.client.workflow.getHandle(started.workflowId, started.firstExecutionRunId) };
}

async function hasRead(watch: WorkflowHandle, commit: CommitInfo): Promise<void> {
  await eventually('the watch has read the commit', async () => {
    const { lastCommit } = await watch.query<RepositoryStatus>(Message.repositoryStatus);
    if (lastCommit?.id !== commit.id) throw new Error('not yet');
  });
}
