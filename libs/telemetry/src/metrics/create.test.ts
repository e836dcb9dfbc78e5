import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedValues } from './bounded.ts';
import { createMetrics } from './create.ts';

describe('the metrics', () => {
  it('tell the version of Meshwright and of Node from the start', async () => {
    const text = await createMetrics({ version: '1.2.3' }).text();
    expect(text).toContain(`meshwright_build_info{version="1.2.3",node="${process.version}"} 1`);
    expect(text).not.toContain('process_cpu');
  });

  it('tell of the process where they are asked to', async () => {
    const text = await createMetrics({ version: '1', process: true }).text();
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
  });

  it('count rollouts, changes and their stages by how they ended', async () => {
    const metrics = createMetrics({ version: '1' });
    metrics.rolloutEnded({ pattern: 'shop', purpose: 'apply', phase: 'rolled-back', seconds: 45 });
    metrics.changeEnded({
      cluster: 'local',
      mesh: 'istio',
      phase: 'rolled-back',
      seconds: 40,
      stages: [
        { way: 'forward', kind: 'apply', state: 'done', seconds: 4 },
        { way: 'back', kind: 'verify', state: 'failed', seconds: Number.NaN },
      ],
    });
    metrics.judged({ pattern: 'shop', verdict: 'regressed' });
    metrics.judged({ verdict: 'passed' });
    const text = await metrics.text();
    for (const line of [
      'meshwright_rollouts_total{pattern="shop",purpose="apply",phase="rolled-back"} 1',
      'meshwright_rollout_duration_seconds_bucket{le="60",phase="rolled-back"} 1',
      'meshwright_changes_total{cluster="local",mesh="istio",phase="rolled-back"} 1',
      'meshwright_change_duration_seconds_sum{cluster="local",mesh="istio",phase="rolled-back"} 40',
      'meshwright_stage_duration_seconds_sum{cluster="local",mesh="istio",way="forward",kind="apply",state="done"} 4',
      'meshwright_stage_duration_seconds_sum{cluster="local",mesh="istio",way="back",kind="verify",state="failed"} 0',
      'meshwright_verdicts_total{pattern="shop",verdict="regressed"} 1',
      'meshwright_verdicts_total{pattern="",verdict="passed"} 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('count activities, with the codes of errors we know', async () => {
    const metrics = createMetrics({ version: '1' });
    metrics.activityEnded({ name: 'planChange', outcome: 'completed', seconds: 2 });
    metrics.activityEnded({ name: 'planChange', outcome: 'failed', code: 'CLUSTER_UNREACHABLE', seconds: 1 });
    metrics.activityEnded({ name: 'planChange', outcome: 'failed', code: 'made up 4f2a', seconds: 1 });
    const lines = (await metrics.text()).split('\n');
    expect(lines).toContain('meshwright_activities_total{activity="planChange",outcome="failed"} 2');
    expect(lines).toContain('meshwright_activity_duration_seconds_count{activity="planChange"} 3');
    expect(lines).toContain(
      'meshwright_activity_failures_total{activity="planChange",code="CLUSTER_UNREACHABLE"} 1',
    );
    expect(lines).toContain('meshwright_activity_failures_total{activity="planChange",code="other"} 1');
  });

  it('keep the last time that a repository was seen, through failures after it', async () => {
    const metrics = createMetrics({ version: '1' });
    const before = Date.now() / 1_000;
    metrics.looked({ repository: 'platform', result: 'seen' });
    metrics.looked({ repository: 'platform', result: 'unreachable' });
    metrics.looked({ repository: 'never', result: 'refused' });
    metrics.commitRead({ repository: 'platform', valid: 2, invalid: 0 });
    const text = await metrics.text();
    const [, last] =
      /^meshwright_repository_last_success_timestamp_seconds\{repository="platform"\} (.+)$/m.exec(text) ??
      [];
    expect(Number(last)).toBeGreaterThanOrEqual(before);
    expect(text).not.toContain('last_success_timestamp_seconds{repository="never"}');
    expect(text).toContain('meshwright_repository_looks_total{repository="platform",result="unreachable"} 1');
    expect(text).toContain('meshwright_repository_commits_total{repository="platform"} 1');
    expect(text).toContain('meshwright_patterns_read_total{repository="platform",validity="valid"} 2');
  });

  it('tell of drift, throttling and requests without an answer', async () => {
    const metrics = createMetrics({ version: '1' });
    metrics.planned({ cluster: 'local', pattern: 'shop', purpose: 'apply', action: 'configure', drifted: 3 });
    metrics.planned({ cluster: 'local', pattern: 'shop', purpose: 'apply', action: 'none', drifted: 0 });
    metrics.requested({ cluster: 'local', method: 'PATCH', status: 429, seconds: 0.01 });
    metrics.requested({ cluster: 'local', method: 'PATCH', seconds: 35 });
    const lines = (await metrics.text()).split('\n');
    expect(lines).toContain('meshwright_drifted_objects{cluster="local",pattern="shop"} 0');
    expect(lines).toContain('meshwright_drift_found_total{cluster="local",pattern="shop"} 1');
    expect(lines).toContain('meshwright_plans_total{cluster="local",action="configure"} 1');
    expect(lines).toContain(
      'meshwright_kubernetes_requests_total{cluster="local",method="PATCH",status="429"} 1',
    );
    expect(lines).toContain(
      'meshwright_kubernetes_requests_total{cluster="local",method="PATCH",status="none"} 1',
    );
    expect(lines).toContain(
      'meshwright_kubernetes_request_duration_seconds_count{cluster="local",method="PATCH"} 1',
    );
  });

  it('begin with 0 where something may be counted soon, so that Prometheus sees the first one', async () => {
    const metrics = createMetrics({ version: '1' });
    const before = (await metrics.text()).split('\n');
    expect(before).toContain('meshwright_rollout_duration_seconds_count{phase="failed"} 0');
    expect(before).not.toContain('meshwright_rollout_duration_seconds_count{phase="planning"} 0');
    metrics.planned({ cluster: 'local', pattern: 'shop', purpose: 'apply', action: 'install', drifted: 0 });
    const planned = (await metrics.text()).split('\n');
    expect(planned).toContain(
      'meshwright_rollouts_total{pattern="shop",purpose="apply",phase="rolled-back"} 0',
    );
    expect(planned).toContain('meshwright_verdicts_total{pattern="shop",verdict="regressed"} 0');
    expect(planned).toContain('meshwright_drift_found_total{cluster="local",pattern="shop"} 0');
  });

  it('have no more series than names they may tell apart, whatever the names are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { maxLength: 40 }), async (patterns) => {
        const metrics = createMetrics({ version: '1', mostNames: 5 });
        for (const pattern of patterns) metrics.judged({ pattern, verdict: 'passed' });
        const text = await metrics.text();
        const series = text.split('\n').filter((line) => line.startsWith('meshwright_verdicts_total{'));
        expect(series.length).toBeLessThanOrEqual(6);
        for (const line of series)
          expect(line).toMatch(/^\S+\{pattern="(?:[^"\\]|\\.)*",verdict="passed"\} \d+$/s);
        const counted = series.map((line) => Number(line.slice(line.lastIndexOf(' '))));
        expect(counted.reduce((sum, count) => sum + count, 0)).toBe(patterns.length);
      }),
    );
  });
});

describe('bounded values', () => {
  it('keep the first ones, shortened, and call all others by one name', () => {
    const values = new BoundedValues({ most: 2, longest: 3 });
    expect(['abcd', 'abcx', 'b', 'c', 'b'].map((value) => values.of(value))).toEqual([
      'abc',
      'abc',
      'b',
      'other',
      'b',
    ]);
  });
});
