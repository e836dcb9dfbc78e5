import { SearchAttribute } from '@meshwright/model';
import type { Scene } from '@meshwright/quickstart/test-support';

/** The workflow id that locks the mesh of the one cluster there is. */
export const changeWorkflow = 'change:local/istio';

/** One event of a raw history, as far as the reader looks at it. */
export interface HistoryEvent {
  /** Milliseconds since 1970. */
  at: number;
  /** Of a scheduled activity: its type. */
  activity?: string;
  /** Of an accepted update: its name. */
  update?: string;
  isClosing: boolean;
  /** Every payload of the event, decoded. */
  payloads: unknown[];
}

/** One run of a workflow. */
export interface Run {
  workflow: string;
  type: string;
  runId: string;
  startedAt: number;
  /** Absent while it runs. */
  closedAt: number | undefined;
  /** The search attribute that people filter by. */
  phase: unknown;
  events: HistoryEvent[];
  /** Everything that its history holds, as text. */
  text: string;
}

type Service = Scene['temporal']['client']['connection']['workflowService'];
type RawHistory = Awaited<ReturnType<Service['getWorkflowExecutionHistory']>>;
type RawEvent = NonNullable<NonNullable<RawHistory['history']>['events']>[number];
type Timestamp = RawEvent['eventTime'];

/** The events of the latest run of a workflow; of a given run where one is named. */
export async function historyOf(scene: Scene, workflowId: string, runId?: string): Promise<HistoryEvent[]> {
  return (await rawHistory(scene, workflowId, runId)).map(eventOf);
}

/** All runs of changes and rollouts that were under way at a time or later. */
export async function runsSince(scene: Scene, since: number): Promise<Run[]> {
  const { workflowService } = scene.temporal.client.connection;
  const moment = new Date(since).toISOString();
  const query = `WorkflowType IN ("meshChange", "patternRollout") AND (CloseTime IS NULL OR CloseTime >= "${moment}")`;
  const { executions } = await workflowService.listWorkflowExecutions({
    namespace: 'default',
    query,
    pageSize: 100,
  });
  const runs: Run[] = [];
  for (const { execution, type, startTime, closeTime, searchAttributes } of executions) {
    const workflow = execution?.workflowId ?? '';
    const runId = execution?.runId ?? '';
    const raw = await rawHistory(scene, workflow, runId);
    const phase = searchAttributes?.indexedFields?.[SearchAttribute.phase];
    runs.push({
      workflow,
      type: type?.name ?? '',
      runId,
      startedAt: milliseconds(startTime),
      closedAt: closeTime ? milliseconds(closeTime) : undefined,
      phase: phase?.data ? valueOf(phase.data) : undefined,
      events: raw.map(eventOf),
      text: textOf(raw),
    });
  }
  return runs;
}

async function rawHistory(
  { temporal }: Scene,
  workflowId: string,
  runId: string | undefined,
): Promise<RawEvent[]> {
  const { workflowService } = temporal.client.connection;
  const execution = { workflowId, ...(runId === undefined ? {} : { runId }) };
  const events: RawEvent[] = [];
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page: RawHistory = await workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution,
      nextPageToken,
    });
    events.push(...(page.history?.events ?? []));
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
  return events;
}

const closingAttributes = [
  'workflowExecutionCompletedEventAttributes',
  'workflowExecutionFailedEventAttributes',
  'workflowExecutionCanceledEventAttributes',
  'workflowExecutionTerminatedEventAttributes',
  'workflowExecutionTimedOutEventAttributes',
] as const;

function eventOf(raw: RawEvent): HistoryEvent {
  const activity = raw.activityTaskScheduledEventAttributes?.activityType?.name;
  const update = raw.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name;
  return {
    at: milliseconds(raw.eventTime),
    ...(activity ? { activity } : {}),
    ...(update ? { update } : {}),
    isClosing: closingAttributes.some((name) => Boolean(raw[name])),
    payloads: payloadsIn(raw),
  };
}

/** Every payload below a value, decoded, in the order of the fields. */
function payloadsIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if ('data' in value && value.data instanceof Uint8Array) return [valueOf(value.data)];
  return Object.values(value).flatMap(payloadsIn);
}

function valueOf(data: Uint8Array): unknown {
  const text = Buffer.from(data).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** All strings and bytes below a value. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.values(value).map(textOf).join('\n');
}

function milliseconds(timestamp: Timestamp): number {
  if (!timestamp) return 0;
  return Number(timestamp.seconds ?? 0) * 1_000 + (timestamp.nanos ?? 0) / 1e6;
}
