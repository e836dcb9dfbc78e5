import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { Failure } from '@meshwright/model';
import { momentOf } from './moment.ts';
import { decodeFailure, decodeValues } from './payloads.ts';

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
): Promise<PendingActivity[]> {
  const pending = description.raw.pendingActivities ?? [];
  return Promise.all(
    pending.map(async (raw) => {
      const queue = raw.activityOptions?.taskQueue?.name;
      const nextAttemptAt = momentOf(raw.nextAttemptScheduleTime ?? raw.scheduledTime);
      const startedAt = momentOf(raw.lastStartedTime);
      const lastFailure = await decodeFailure(client, raw.lastFailure);
      const [told] = await decodeValues(client, raw.heartbeatDetails?.payloads);
      return {
        name: raw.activityType?.name ?? 'activity',
        state: states[raw.state ?? 1] ?? 'scheduled',
        attempt: raw.attempt ?? 1,
        ...(Array.isArray(told) ? { waitingFor: told.filter((line) => typeof line === 'string') } : {}),
        ...(queue === undefined || queue === null ? {} : { queue }),
        ...(lastFailure === undefined ? {} : { lastFailure }),
        ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
        ...(startedAt === undefined ? {} : { startedAt }),
      };
    }),
  );
}
