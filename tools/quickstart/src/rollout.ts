import { setTimeout as delay } from 'node:timers/promises';
import { type Host, runCli } from '@meshwright/cli';
import { isFinal, MeshwrightError, Message, type RolloutStatus, workflowId } from '@meshwright/model';
import { connectTemporal, type TemporalConnection } from '@meshwright/temporal';
import type { Engine } from './engine.ts';
import type { Workspace } from './workspace.ts';

const appearsWithinMilliseconds = 120_000;

/** Shows the rollout of a commit until it is over, and gives its final state. */
export async function followRollout(
  rollout: { pattern: string; commit: string },
  workspace: Workspace,
  temporal: { address: string; namespace: string },
  engine: Engine,
  host: Host,
): Promise<RolloutStatus> {
  const connection = await connectTemporal(temporal);
  const id = workflowId.rollout(rollout.pattern, rollout.commit);
  try {
    await Promise.race([untilStarted(connection, id, host.interrupted), engine.ended]);
    const watching = runCli(
      ['watch', id.slice('rollout:'.length), '--config', workspace.configuration],
      host,
    );
    await Promise.race([watching, engine.ended]);
    const status = await connection.client.workflow.getHandle(id).query<RolloutStatus>(Message.rolloutStatus);
    if (isFinal(status.phase)) return status;
    throw new MeshwrightError(
      'INTERNAL',
      `The rollout ${id} is ${status.phase}, and nobody watches it any more.`,
    );
  } finally {
    await connection.close();
  }
}

async function untilStarted({ client }: TemporalConnection, id: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + appearsWithinMilliseconds;
  while (Date.now() < deadline) {
    for await (const found of client.workflow.list({ query: `WorkflowId = '${id}'` })) {
      if (found.workflowId === id) return;
    }
    await delay(250, undefined, { signal });
  }
  throw new MeshwrightError(
    'NOT_READY',
    `No rollout ${id} started within ${appearsWithinMilliseconds / 1000} s.`,
    {
      remedy: 'The log of the standalone worker says what the repository watch saw.',
    },
  );
}
