import { MetricNames } from '@meshwright/telemetry/metrics';
import type { Dashboard } from './grafana.ts';
import { layOut, type Section } from './layout.ts';

const {
  buildInfo,
  rolloutSeconds,
  changeSeconds,
  stageSeconds,
  activities,
  activitySeconds,
  activityFailures,
  verdicts,
  plans,
  driftedObjects,
  looks,
  lastLook,
  commits,
  apiRequests,
  apiSeconds,
} = MetricNames;

/** Meshwright itself, from its own metrics and those of Temporal's SDK. */
export function engineDashboard(): Dashboard {
  return layOut(
    {
      title: 'Meshwright',
      uid: 'meshwright-engine',
      description:
        'What Meshwright does: rollouts, measurements, repositories, clusters, and its own processes.',
      tags: ['meshwright'],
    },
    [],
    [overview, changing, watching, working, processes, temporal],
  );
}

const overview: Section = {
  title: 'Overview',
  panels: [
    {
      title: 'Version',
      unit: 'short',
      single: true,
      queries: { '{{version}}': `max by (version) (${buildInfo})` },
    },
    {
      title: 'Rollouts in this time, by how they ended',
      unit: 'short',
      single: true,
      queries: { '{{phase}}': `sum by (phase) (increase(${rolloutSeconds}_count[$__range]))` },
    },
    {
      title: 'Since each repository was last seen',
      unit: 's',
      single: true,
      queries: { '{{repository}}': `time() - max by (repository) (${lastLook})` },
    },
    {
      title: 'Objects that others have changed',
      description: 'When the pattern was last planned on that cluster.',
      unit: 'short',
      single: true,
      queries: { '{{pattern}} on {{cluster}}': `max by (pattern, cluster) (${driftedObjects})` },
    },
  ],
};

const changing: Section = {
  title: 'Changes',
  panels: [
    {
      title: 'Rollouts ended, by phase',
      unit: 'short',
      queries: { '{{phase}}': counted(`${rolloutSeconds}_count`, 'phase') },
    },
    {
      title: 'Duration of rollouts',
      description: 'From the start to the end, with the wait for an approval.',
      unit: 's',
      queries: { p50: quantile(0.5, rolloutSeconds), p90: quantile(0.9, rolloutSeconds) },
    },
    {
      title: 'Duration of changes (p90)',
      unit: 's',
      queries: { '{{mesh}} on {{cluster}}': quantile(0.9, changeSeconds, 'mesh', 'cluster') },
    },
    {
      title: 'Duration of stages (p90)',
      unit: 's',
      queries: { '{{kind}}, {{way}}': quantile(0.9, stageSeconds, 'kind', 'way') },
    },
    { title: 'Verdicts', unit: 'short', queries: { '{{verdict}}': counted(verdicts, 'verdict') } },
    {
      title: 'Plans, by what they would do',
      unit: 'short',
      queries: { '{{action}}': counted(plans, 'action') },
    },
  ],
};

const watching: Section = {
  title: 'Repositories',
  panels: [
    {
      title: 'Looks, by result',
      unit: 'short',
      queries: { '{{repository}}: {{result}}': counted(looks, 'repository', 'result') },
    },
    { title: 'Commits read', unit: 'short', queries: { '{{repository}}': counted(commits, 'repository') } },
  ],
};

const working: Section = {
  title: 'Activities and clusters',
  panels: [
    {
      title: 'Attempts at activities',
      unit: 'short',
      queries: { '{{outcome}}': counted(activities, 'outcome') },
    },
    {
      title: 'Failed attempts, by code',
      unit: 'short',
      queries: { '{{activity}}: {{code}}': counted(activityFailures, 'activity', 'code') },
    },
    {
      title: 'Duration of activities (p90)',
      unit: 's',
      queries: { '{{activity}}': quantile(0.9, activitySeconds, 'activity') },
    },
    {
      title: 'Requests to API servers',
      unit: 'reqps',
      queries: {
        '{{cluster}}: {{status}}': `sum by (cluster, status) (rate(${apiRequests}[$__rate_interval]))`,
      },
    },
    {
      title: 'Latency of API servers',
      unit: 's',
      queries: {
        '{{cluster}} p50': quantile(0.5, apiSeconds, 'cluster'),
        '{{cluster}} p99': quantile(0.99, apiSeconds, 'cluster'),
      },
    },
    {
      title: 'Throttled and unanswered requests',
      unit: 'short',
      queries: {
        '{{cluster}}: {{status}}': `sum by (cluster, status) (increase(${apiRequests}{status=~"429|5..|none"}[$__rate_interval]))`,
      },
    },
  ],
};

/** Processes are those that tell their version. */
const ours = `on (instance) group_left () max by (instance) (${buildInfo})`;

const processes: Section = {
  title: 'Processes',
  panels: [
    {
      title: 'CPU',
      unit: 'short',
      queries: { '{{instance}} (cores)': `rate(process_cpu_seconds_total[$__rate_interval]) * ${ours}` },
    },
    {
      title: 'Memory',
      unit: 'bytes',
      queries: { '{{instance}}': `process_resident_memory_bytes * ${ours}` },
    },
    {
      title: 'Event loop lag (p99)',
      unit: 's',
      queries: { '{{instance}}': `nodejs_eventloop_lag_p99_seconds * ${ours}` },
    },
    {
      title: 'Heap in use',
      unit: 'bytes',
      queries: { '{{instance}}': `nodejs_heap_size_used_bytes * ${ours}` },
    },
  ],
};

const temporal: Section = {
  title: 'Temporal, where metrics.temporal is served',
  panels: [
    {
      title: 'Free slots of workers',
      unit: 'short',
      queries: {
        '{{task_queue}}: {{worker_type}}':
          'min by (task_queue, worker_type) (temporal_worker_task_slots_available)',
      },
    },
    {
      title: 'Wait of activities for a worker (p90)',
      unit: 's',
      queries: {
        '{{task_queue}}': quantile(0.9, 'temporal_activity_schedule_to_start_latency_seconds', 'task_queue'),
      },
    },
    {
      title: 'Wait of workflows for a worker (p90)',
      unit: 's',
      queries: {
        '{{task_queue}}': quantile(
          0.9,
          'temporal_workflow_task_schedule_to_start_latency_seconds',
          'task_queue',
        ),
      },
    },
    {
      title: 'Failed requests to Temporal',
      unit: 'short',
      queries: { '{{operation}}': counted('temporal_request_failure_total', 'operation') },
    },
  ],
};

function counted(counter: string, ...labels: string[]): string {
  return `sum by (${labels.join(', ')}) (increase(${counter}[$__rate_interval]))`;
}

function quantile(share: number, histogram: string, ...labels: string[]): string {
  return `histogram_quantile(${share}, sum by (${['le', ...labels].join(', ')}) (rate(${histogram}_bucket[$__rate_interval])))`;
}
