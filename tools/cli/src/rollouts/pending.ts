import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { type Failure, failureOf } from '@meshwright/model';
import { momentOf } from './moment.ts';

/** An activity that a workflow waits for. */
export interface PendingActivity {
  /** The activity's name, such as `planChange`. */
  name: string;
  /** Absent where the server is too old to say. */
  queue?: string;
  state: 'scheduled' | 'started' | 'cancelling';
  /** 1 for the first try. */
  attempt: number;
  lastFailure?: Failure;
  /** When the next attempt starts, or the running one started; milliseconds since 1970. */
  nextAttemptAt?: number;
  startedAt?: number;
  /** What it says that it waits for, one line each. */
  waitingFor?: string[];
}

/** `PendingActivityState` of the Temporal API. */
const states: Readonly<Record<number, PendingActivity['state']>> = {
  1: 'scheduled',
  2: 'started',
  3: 'cancelling',
};

/** The activities that a described execution waits for, with the failure of their last attempt. */
export function pendingActivities(
  client: Client,
  description: WorkflowExecutionDescription,
): PendingActivity[] {
  const { failureConverter, payloadConverter } = client.options.loadedDataConverter;
  const told = (details: readonly Payload[]): { waitingFor?: string[] } => {
    const [lines] = details.map((payload) => payloadConverter.fromPayload<unknown>(payload));
    return Array.isArray(lines) ? { waitingFor: lines.filter((line) => typeof line === 'string') } : {};
  };
  return (description.raw.pendingActivities ?? []).map((raw) => {
    const queue = raw.activityOptions?.taskQueue?.name;
    const nextAttemptAt = momentOf(raw.nextAttemptScheduleTime ?? raw.scheduledTime);
    const startedAt = momentOf(raw.lastStartedTime);
    return {
      name: raw.activityType?.name ?? 'activity',
      state: states[raw.state ?? 1] ?? 'scheduled',
      attempt: raw.attempt ?? 1,
      ...told(raw.heartbeatDetails?.payloads ?? []),
      ...(queue === undefined || queue === null ? {} : { queue }),
      ...(raw.lastFailure === undefined || raw.lastFailure === null
        ? {}
        : { lastFailure: failureOf(failureConverter.failureToError(raw.lastFailure, payloadConverter)) }),
      ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
      ...(startedAt === undefined ? {} : { startedAt }),
    };
  });
}
