import { TaskQueue } from '@meshwright/model';
import { openPrograms } from '@meshwright/programs';
import type { Logger, Metrics } from '@meshwright/telemetry';
import { asActivities, type RunningWorker, startWorker, type TemporalOptions } from '@meshwright/temporal';
import { createLoadActivities } from './activities.ts';
import { generators } from './registry.ts';

export interface LoadAgentOptions {
  /** It serves the task queue `load:<name>`. */
  name: string;
  temporal: TemporalOptions;
  logger: Logger;
  metrics?: Metrics;
}

/** A worker that sends load, one trial at a time. */
export function startLoadAgent({
  name,
  temporal,
  logger,
  metrics,
}: LoadAgentOptions): Promise<RunningWorker> {
  const own = logger.child({ loadAgent: name });
  const activities = createLoadActivities({ generators, programs: openPrograms() });
  return startWorker({
    ...temporal,
    taskQueue: TaskQueue.load(name),
    activities: asActivities(activities, own),
    maxConcurrentActivities: 1,
    logger: own,
    ...(metrics === undefined ? {} : { metrics }),
  });
}
