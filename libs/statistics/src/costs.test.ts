import type { TrialCost, TrialRecord } from '@meshwright/model';
import { expect, it } from 'vitest';
import { costFigures } from './costs.ts';

function trial(cost?: TrialCost, invalid: string[] = []): TrialRecord {
  return {
    generator: { id: 'fortio', version: '1.68.0' },
    startedAt: 0,
    invalid,
    requests: 3_000,
    achievedRate: 150,
    errors: {},
    measured: {},
    latency: '',
    ...(cost === undefined ? {} : { cost }),
  };
}

function proxies(millicores: number): TrialCost {
  return { proxies: { parts: 2, millicores, memory: 60e6 } };
}

it('tells the median of each arm, for a thousand requests', () => {
  const controlPlane = { parts: 1, millicores: 3, memory: 80e6 };
  const blocks = [
    { a: trial({ ...proxies(60), controlPlane }), b: trial(proxies(75)) },
    { a: trial(proxies(90)), b: trial(proxies(1_000), ['It lagged.']) },
    { a: trial(proxies(30)), b: trial() },
  ];
  expect(costFigures(blocks)).toEqual([
    { arm: 'a', name: 'proxyCpu', unit: 'ms per 1,000 requests', value: 400 },
    { arm: 'a', name: 'proxyMemory', unit: 'bytes', value: 60e6 },
    { arm: 'a', name: 'controlPlaneCpu', unit: 'millicores', value: 3 },
    { arm: 'a', name: 'controlPlaneMemory', unit: 'bytes', value: 80e6 },
    { arm: 'b', name: 'proxyCpu', unit: 'ms per 1,000 requests', value: 500 },
    { arm: 'b', name: 'proxyMemory', unit: 'bytes', value: 60e6 },
  ]);
});

it('tells nothing where no trial has a cost', () => {
  expect(costFigures([{ a: trial(), b: trial() }])).toEqual([]);
  expect(costFigures([])).toEqual([]);
});
