/**
 * The names of Meshwright's own metrics, after Prometheus' practices: base units, `_total` for counters. Dashboards and
 * documents take them from here.
 */
export const MetricNames = {
  buildInfo: 'meshwright_build_info',
  rollouts: 'meshwright_rollouts_total',
  rolloutSeconds: 'meshwright_rollout_duration_seconds',
  changes: 'meshwright_changes_total',
  changeSeconds: 'meshwright_change_duration_seconds',
  stageSeconds: 'meshwright_stage_duration_seconds',
  activities: 'meshwright_activities_total',
  activitySeconds: 'meshwright_activity_duration_seconds',
  activityFailures: 'meshwright_activity_failures_total',
  verdicts: 'meshwright_verdicts_total',
  plans: 'meshwright_plans_total',
  driftedObjects: 'meshwright_drifted_objects',
  driftFound: 'meshwright_drift_found_total',
  looks: 'meshwright_repository_looks_total',
  lastLook: 'meshwright_repository_last_success_timestamp_seconds',
  commits: 'meshwright_repository_commits_total',
  patternsRead: 'meshwright_patterns_read_total',
  apiRequests: 'meshwright_kubernetes_requests_total',
  apiSeconds: 'meshwright_kubernetes_request_duration_seconds',
} as const;
