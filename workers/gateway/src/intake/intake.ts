import { createHash } from 'node:crypto';
import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import {
  type Delivery,
  MeshwrightError,
  messageOf,
  TaskQueue,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import type { ChatDelivery, ChatEvent, ForgeDelivery } from '@meshwright/plugin-sdk';
import type { Logger } from '@meshwright/telemetry';
import type { Engine } from '../engine.ts';
import type { ChatService, ForgeService, Services } from '@meshwright/services';
import { parseCommand } from './command.ts';
import type { Hinting } from './hinting.ts';
import { planPullRequest } from './pull-requests.ts';

/** Takes what was believed: returns as soon as Temporal has it. */
export interface Intake {
  /** @throws MeshwrightError TEMPORAL_UNREACHABLE when it has to be sent again. */
  takeForge(forge: ForgeService, delivery: ForgeDelivery): Promise<void>;
  /** @throws MeshwrightError TEMPORAL_UNREACHABLE when it has to be sent again. */
  takeChat(chat: ChatService, delivery: ChatDelivery): Promise<void>;
}

export interface IntakeOptions {
  engine: Engine;
  services: Services;
  hinting: Hinting;
  logger: Logger;
}

/** Chats want to be answered within three seconds, checks of the signature and the network included. */
const deadlineMs = 2_000;

export function createIntake(options: IntakeOptions): Intake {
  const { engine, logger } = options;
  return {
    takeForge: (forge, delivery) => takeForge(options, forge, delivery),
    async takeChat(chat, { id, event }) {
      if (event.kind === 'other') return;
      if (event.kind === 'ask-reason') {
        askReason(chat, event, logger);
        return;
      }
      const delivery = deliveryOf(chat, id, event);
      await start(engine, delivery);
    },
  };
}

async function takeForge(
  options: IntakeOptions,
  forge: ForgeService,
  delivery: ForgeDelivery,
): Promise<void> {
  const { engine, services, hinting } = options;
  const { event } = delivery;
  if (event.kind === 'ping' || event.kind === 'other') return;
  const repositories = services.hosted(forge.config.name, event.project);
  const [first] = repositories;
  if (first === undefined) return;
  switch (event.kind) {
    case 'push':
      // A hint that gets lost is sent again.
      engine.client();
      for (const { name } of repositories) hinting.hint(name);
      return;
    case 'pull-request':
      await reaching(engine, (client) =>
        Promise.all(repositories.map((repository) => planPullRequest(client, repository, event.number))),
      );
      return;
    case 'comment': {
      const action = event.automated ? undefined : parseCommand(event.body);
      if (action === undefined) return;
      await start(engine, {
        service: forge.config.name,
        // Headers are not signed: whoever sends a webhook again under another name repeats the same comment.
        id: `comment-${event.comment}`,
        account: event.author,
        from: event.url,
        about: { kind: 'pull-request', repository: first.name, number: event.number },
        action,
        reply: { project: event.project, number: String(event.number) },
      });
    }
  }
}

type Asking = Extract<ChatEvent, { kind: 'decision' | 'why' }>;

function deliveryOf({ config }: ChatService, id: string, event: Asking): Delivery {
  const { reference, account, reply } = event;
  const common = { service: config.name, id, account, about: { kind: 'message' as const, reference }, reply };
  if (event.kind === 'why') return { ...common, from: config.name, action: { kind: 'why' } };
  const { decision, reason, from } = event;
  const action = { kind: 'decide' as const, decision, ...(reason === undefined ? {} : { reason }) };
  return { ...common, from, action };
}

/** The dialogue has to be opened at once; what comes of it is another delivery. */
function askReason(
  { connection, config }: ChatService,
  { reference, decision, reply }: Extract<ChatEvent, { kind: 'ask-reason' }>,
  logger: Logger,
): void {
  const title = `${reference.rollout}, ${reference.subject.replace('sha256:', '').slice(0, 12)}`;
  connection.askReason?.(reply, { reference, decision, title }).catch((error: unknown) => {
    logger.warn({ chat: config.name, reason: messageOf(error) }, 'the reason could not be asked for');
  });
}

/** One that was started before stays as it is, and is not started again after its end. */
async function start(engine: Engine, delivery: Delivery): Promise<void> {
  const { service, account, action } = delivery;
  const id = boundedId(delivery.id);
  const what = action.kind === 'decide' ? action.decision : action.kind;
  try {
    await reaching(engine, (client) =>
      client.workflow.start(WorkflowType.delivery, {
        workflowId: workflowId.delivery(service, id),
        taskQueue: TaskQueue.orchestrator,
        args: [{ ...delivery, id }],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowExecutionTimeout: '1 day',
        staticSummary: `${what}, asked for by ${service} ${plain(account.id)}`,
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Services choose what their ids look like; only what is short and plain is used as it is. */
function boundedId(id: string): string {
  return /^[A-Za-z0-9._:-]{1,120}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');
}

function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]/g, ' ').slice(0, 60);
}

/** Bounded in time; whatever keeps Temporal from answering is an error to be sent again after. */
async function reaching<T>(engine: Engine, work: (client: Client) => Promise<T>): Promise<T> {
  const client = engine.client();
  try {
    return await client.connection.withDeadline(Date.now() + deadlineMs, () => work(client));
  } catch (error) {
    if (!(error instanceof ServiceError) && !isGrpcServiceError(error)) throw error;
    throw new MeshwrightError(
      'TEMPORAL_UNREACHABLE',
      `Temporal did not take what was sent: ${messageOf(error)}.`,
      { remedy: 'Look whether it runs; services send again.' },
      { cause: error },
    );
  }
}
