import { expect, it } from 'vitest';
import {
  measuredTrial,
  type MeasuredTrial,
  readTestResult,
  testResultOf,
  writeTestResult,
} from './test-result.ts';

const trial: MeasuredTrial = {
  generator: { id: 'builtin', version: '0.1.0' },
  clock: 'intended',
  startedAt: Date.UTC(2026, 0, 31, 8, 30),
  seconds: 20,
  achievedRate: 199.5,
  requests: 3_990,
  errors: { 'status 503': 3, timeout: 1 },
  latency: {
    buckets: [
      { upTo: 900, count: 0 },
      { upTo: 1_000, count: 3_000 },
      { upTo: 2_000, count: 900 },
      { upTo: 9_000, count: 89 },
      { upTo: 30_000, count: 1 },
      { upTo: 40_000, count: 0 },
    ],
  },
  invalid: [],
};

it('says what a trial measured, in milliseconds', () => {
  const { result, notes } = testResultOf(trial, { testId: 'cart', labels: { team: 'shop' } });
  expect(result).toEqual({
    smpVersion: 'v0.6.1',
    id: '',
    labels: {
      team: 'shop',
      'meshwright.dev/generator': 'builtin 0.1.0',
      'meshwright.dev/clock': 'intended',
      'meshwright.dev/requests': '3990',
      'meshwright.dev/errors': '4',
    },
    startTime: '2026-01-31T08:30:00.000Z',
    endTime: '2026-01-31T08:30:20.000Z',
    latenciesMs: {
      min: 1,
      average: (3_000 + 900 * 2 + 89 * 9 + 30) / 3_990,
      p50: 1,
      p90: 2,
      p99: 9,
      max: 30,
    },
    actualQps: 199.5,
    detailsUri: '',
    testId: 'cart',
    meshConfigId: '',
    envId: '',
  });
  expect(notes.map(({ path }) => path)).toEqual(['latency', 'errors']);
  expect(readTestResult(writeTestResult(result), 'result.yaml')).toEqual({ value: result });
});

it('gives a recorded trial the time that its rate tells', () => {
  const record = { ...trial, measured: {}, latency: 'HISTFAAA' };
  expect(measuredTrial(record, trial.latency)).toEqual(trial);
});

it('says no latency where nothing was measured, and which figure rests on too little', () => {
  const nothing = testResultOf({ ...trial, requests: 0, errors: {}, latency: { buckets: [] } });
  expect(nothing.result.latenciesMs).toBeUndefined();
  expect(nothing.notes.map(({ path }) => path)).toEqual(['latency', 'latency']);
  const little = testResultOf({ ...trial, latency: { buckets: [{ upTo: 1_000, count: 100 }] } });
  expect(little.notes.map(({ path }) => path)).toEqual(['latency', 'latency.p90', 'latency.p99', 'errors']);
});

it('says that a trial is not valid', () => {
  const { result, notes } = testResultOf({ ...trial, invalid: ['It lagged.'] });
  expect(result.labels['meshwright.dev/invalid']).toBe('It lagged.');
  expect(notes.map(({ path }) => path)).toContain('invalid');
});

it.each([
  ['an unknown field', 'latencies_ms: { p75: 1 }\n', 'unknown-field'],
  ['a moment that is none', 'start_time: yesterday\n', 'invalid-value'],
  ['a moment that does not exist', 'start_time: 2026-13-31T08:30:00Z\n', 'invalid-value'],
  ['a latency that is no number', 'latencies_ms: { p99: "9" }\n', 'wrong-type'],
])('refuses %s', (_, text, code) => {
  expect(readTestResult(text, 'result.yaml').diagnostics).toMatchObject([
    { code, file: 'result.yaml', line: 1 },
  ]);
});

it('reads moments with an offset and to the nanosecond as they are', () => {
  const text = '{"startTime": "2026-01-31T08:30:00.123456789+01:00", "latenciesMs": {}}';
  expect(readTestResult(text, 'result.json').value).toMatchObject({
    startTime: '2026-01-31T08:30:00.123456789+01:00',
    latenciesMs: { p99: 0 },
  });
});
