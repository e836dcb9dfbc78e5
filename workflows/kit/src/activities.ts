import { proxyActivities, type ActivityInterfaceFor, type ActivityOptions } from '@temporalio/workflow';
import {
  TaskQueue,
  type GatewayActivities,
  type KeepingActivities,
  type LoadActivities,
  type RepositoryActivities,
  type TargetActivities,
} from '@meshwright/model';
import { summary } from './markdown.ts';

/**
 * Without an end: a cluster, a Git server or a worker that is away makes a run wait. Failures that waiting does not
 * mend are marked as such by whoever reports them. Every activity beats, so a lost worker is noticed in time.
 */
const patient: ActivityOptions = {
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
  heartbeatTimeout: '15 seconds',
};

/**
 * The git watcher's activities; `what` is said beside them in the Temporal UI. All attempts together may take
 * `altogetherSeconds`, without an end unless told.
 */
export function repositoryActivities(
  what: string,
  altogetherSeconds?: number,
): ActivityInterfaceFor<RepositoryActivities> {
  return proxyActivities<RepositoryActivities>({
    ...patient,
    taskQueue: TaskQueue.git,
    startToCloseTimeout: '15 minutes',
    ...(altogetherSeconds === undefined ? {} : { scheduleToCloseTimeout: altogetherSeconds * 1_000 }),
    // A look that is called off is of no interest to anyone any more.
    cancellationType: 'TRY_CANCEL',
    summary: summary(what),
  });
}

/** Limits of one call to a cluster. */
export interface TargetCall {
  cluster: string;
  /** Said beside the activity in the Temporal UI. */
  what: string;
  /** How long one attempt may take. */
  attemptSeconds: number;
  /** How long all attempts may take together; without an end unless told. */
  altogetherSeconds?: number;
}

/** The activities of a cluster's agent. */
export function targetActivities(call: TargetCall): ActivityInterfaceFor<TargetActivities> {
  const { cluster, what, attemptSeconds, altogetherSeconds } = call;
  return proxyActivities<TargetActivities>({
    ...patient,
    taskQueue: TaskQueue.cluster(cluster),
    startToCloseTimeout: attemptSeconds * 1_000,
    ...(altogetherSeconds === undefined ? {} : { scheduleToCloseTimeout: altogetherSeconds * 1_000 }),
    summary: summary(what),
  });
}

/** Limits of one trial. */
export interface LoadCall {
  /** Of the agent that sends, or of the cluster whose pod does. */
  taskQueue: string;
  /** Said beside the activity in the Temporal UI. */
  what: string;
  /** How long one attempt may take. */
  attemptSeconds: number;
  /** How many attempts there are; without an end unless told. */
  attempts?: number;
}

/** The activities of who sends load. */
export function loadActivities({
  taskQueue,
  what,
  attemptSeconds,
  attempts,
}: LoadCall): ActivityInterfaceFor<LoadActivities> {
  return proxyActivities<LoadActivities>({
    ...patient,
    retry: { ...patient.retry, ...(attempts === undefined ? {} : { maximumAttempts: attempts }) },
    taskQueue,
    startToCloseTimeout: attemptSeconds * 1_000,
    summary: summary(what),
  });
}

/** The gateway's activities; `what` is said beside them in the Temporal UI. */
export function gatewayActivities(what: string): ActivityInterfaceFor<GatewayActivities> {
  return proxyActivities<GatewayActivities>({
    ...patient,
    taskQueue: TaskQueue.gateway,
    startToCloseTimeout: '5 minutes',
    summary: summary(what),
  });
}

/** The activities of the orchestrator. */
export function keepingActivities(what: string): ActivityInterfaceFor<KeepingActivities> {
  return proxyActivities<KeepingActivities>({
    ...patient,
    taskQueue: TaskQueue.orchestrator,
    startToCloseTimeout: '2 minutes',
    summary: summary(what),
  });
}
