import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { RepositoryConfig } from '@meshwright/config';
import {
  Message,
  messageOf,
  type PullRequestStatus,
  TaskQueue,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import type { PullRequest } from '@meshwright/plugin-sdk';
import type { Logger } from '@meshwright/telemetry';
import type { Engine } from '../engine.ts';
import type { Services } from '@meshwright/services';

/** Has the plan of a pull request made, or made again; `asked` is the head that somebody known wants it for. */
export async function planPullRequest(
  client: Client,
  repository: Pick<RepositoryConfig, 'name' | 'forge' | 'chats'>,
  number: number,
  asked?: string,
): Promise<void> {
  const signalArgs: string[] = asked === undefined ? [] : [asked];
  const signal = Message.pullRequestHint;
  await client.workflow.signalWithStart(WorkflowType.pullRequestPlan, {
    ...startOf(repository, number),
    signal,
    signalArgs,
  });
}

function startOf({ name, forge, chats }: Pick<RepositoryConfig, 'name' | 'forge' | 'chats'>, number: number) {
  const channels = [...(forge === undefined ? [] : [forge.name]), ...chats];
  return {
    workflowId: workflowId.pullRequest(name, number),
    taskQueue: TaskQueue.orchestrator,
    args: [{ repository: name, number, channels }],
    staticSummary: `Plans pull request ${number} of ${name}`,
  };
}

/** Looks after pull requests whose webhooks have got lost. */
export interface Sweep {
  stop(): Promise<void>;
}

export interface SweepOptions {
  engine: Engine;
  services: Services;
  repositories: readonly RepositoryConfig[];
  logger: Logger;
}

const sweepEveryMs = 5 * 60_000;

/** Looks at the open pull requests of every repository with a forge, now and every few minutes. Safe to run in several processes. */
export function startSweep(options: SweepOptions): Sweep {
  const { engine, repositories } = options;
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const stopped = new Promise((resolve) =>
    stopping.signal.addEventListener('abort', resolve, { once: true }),
  );
  const hosted = repositories.filter(({ forge }) => forge !== undefined);
  const loop = async (): Promise<void> => {
    await Promise.race([engine.ready.catch(() => undefined), stopped]);
    while (!isStopping()) {
      for (const repository of hosted) {
        if (!isStopping()) await lookAt(options, repository);
      }
      await delay(sweepEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = hosted.length === 0 ? Promise.resolve() : loop();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function lookAt(options: SweepOptions, repository: RepositoryConfig): Promise<void> {
  try {
    await sweep(options, repository);
  } catch (error) {
    const reason = messageOf(error);
    options.logger.warn({ repository: repository.name, reason }, 'open pull requests are not known');
  }
}

/** Has plans made of those that have none, or one of another head. */
export async function sweep(
  { engine, services }: { engine: Engine; services: Services },
  repository: RepositoryConfig,
): Promise<void> {
  const { forge, branch } = repository;
  if (forge === undefined || branch === undefined) return;
  const connection = services.forge(forge.name)?.connection;
  if (connection === undefined) return;
  const client = engine.client();
  for (const pullRequest of await connection.openPullRequests(forge.project, branch)) {
    if (await isKnown(client, repository.name, pullRequest)) continue;
    await planPullRequest(client, repository, pullRequest.number);
  }
}

/** Whether its plan's workflow runs and has seen this head. */
async function isKnown(client: Client, repository: string, { number, head }: PullRequest): Promise<boolean> {
  const handle = client.workflow.getHandle(workflowId.pullRequest(repository, number));
  try {
    const { status } = await handle.describe();
    if (status.name !== 'RUNNING') return false;
    const { pullRequest } = await handle.query<PullRequestStatus>(Message.pullRequestStatus);
    return pullRequest?.head === head;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
