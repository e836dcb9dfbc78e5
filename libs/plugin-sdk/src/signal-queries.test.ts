import { expect, it } from 'vitest';
import { latencyQueries, requestQueries, resourceQueries, sidecarSelector } from './signal-queries.ts';

it('counts a request that failed in one of several ways, and no failure as none', () => {
  const { requestRate, errorShare } = requestQueries({ all: 'all{}', failed: ['a{}', 'b{}'] });
  expect(requestRate.promql).toBe('sum(rate(all{}[{{window}}]))');
  expect(errorShare.promql).toBe(
    '((sum(rate(a{}[{{window}}])) or vector(0)) + (sum(rate(b{}[{{window}}])) or vector(0))) / (sum(rate(all{}[{{window}}])) > 0)',
  );
  expect(requestQueries({ all: 'all{}', failed: ['a{}'] }).errorShare.promql).toBe(
    '(sum(rate(a{}[{{window}}])) or vector(0)) / (sum(rate(all{}[{{window}}])) > 0)',
  );
});

it('asks for percentiles in milliseconds, and for what containers use', () => {
  expect(latencyQueries('b{}').latencyP99).toEqual({
    title: 'Latency p99',
    unit: 'ms',
    promql: 'histogram_quantile(0.99, sum by (le) (rate(b{}[{{window}}])))',
  });
  const { proxyCpu, controlPlaneMemory } = resourceQueries({ proxies: 'p="1"', controlPlane: 'c="1"' });
  expect(proxyCpu.promql).toBe('sum(rate(container_cpu_usage_seconds_total{p="1"}[{{window}}]))');
  expect(controlPlaneMemory.promql).toBe('sum(container_memory_working_set_bytes{c="1"})');
});

it('takes no pod of another workload whose name begins alike', () => {
  const [, suffix = ''] = /\{\{workload:pattern\}\}([^"]*)"/.exec(sidecarSelector('proxy')) ?? [];
  const pods = new RegExp(`^shop${suffix}$`);
  for (const name of ['shop-7d4b9c6f5-x2k8p', 'shop-x2k8p', 'shop-0']) expect(name).toMatch(pods);
  for (const name of ['shop-api-7d4b9c6f5-x2k8p', 'shop-api-0', 'shop']) expect(name).not.toMatch(pods);
});
