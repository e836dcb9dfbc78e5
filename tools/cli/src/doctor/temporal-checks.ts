import type { Client } from '@temporalio/client';
import type { Config } from '@meshwright/config';
import { MeshwrightError, SearchAttribute, TaskQueue } from '@meshwright/model';
import { plural } from '@meshwright/wording';
import { pollersOf, remedyForQueue, type TaskKind } from '@meshwright/rollouts';
import type { Check } from './run.ts';

/** Temporal itself, its search attributes, and the workers on every task queue. */
export function temporalChecks(config: Config, connect: () => Promise<Client>): Check[] {
  const { address, namespace } = config.temporal;
  return [
    {
      name: 'temporal',
      async look() {
        const client = await connect();
        const { serverVersion } = await client.workflowService.getSystemInfo({});
        return { found: `${address}, namespace ${namespace}, server ${serverVersion}` };
      },
    },
    { name: 'search attributes', look: async () => ({ found: await searchAttributes(await connect()) }) },
    ...queuesOf(config).map(([queue, kind]) => ({
      name: `queue ${queue}`,
      look: async () => ({ found: await workers(await connect(), queue, kind) }),
    })),
  ];
}

function queuesOf({ repositories, targets }: Config): (readonly [string, TaskKind])[] {
  return [
    [TaskQueue.orchestrator, 'workflow'],
    ...(repositories.length === 0
      ? []
      : ([TaskQueue.git, TaskQueue.gateway] as const).map((queue) => [queue, 'activity'] as const)),
    ...targets.map(({ name }) => [TaskQueue.cluster(name), 'activity'] as const),
  ];
}

async function searchAttributes(client: Client): Promise<string> {
  const { namespace } = client.options;
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  const names = Object.values(SearchAttribute);
  const missing = names.filter((name) => customAttributes[name] === undefined);
  if (missing.length === 0) return plural(names.length, 'attribute');
  throw new MeshwrightError('PREREQUISITE_MISSING', `The namespace ${namespace} lacks search attributes.`, {
    lines: missing,
    remedy:
      'The orchestrator registers them when it starts; where it may not, create them as Keyword attributes.',
  });
}

async function workers(client: Client, queue: string, kind: TaskKind): Promise<string> {
  const { pollers } = await pollersOf(client, queue, kind, Date.now());
  if (pollers.length > 0) return plural(pollers.length, 'worker');
  throw new MeshwrightError('PREREQUISITE_MISSING', `No worker polls the task queue ${queue}.`, {
    remedy: remedyForQueue(queue),
  });
}
