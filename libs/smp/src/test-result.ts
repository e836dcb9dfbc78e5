import { writeYaml } from '@meshwright/document';
import type { Histogram, LoadResult, TrialRecord } from '@meshwright/model';
import { leastRequests } from '@meshwright/model';
import { failedOf, quantileOfHistogram } from '@meshwright/statistics';
import { double, type FieldsOf, moment, nested, schemaOf, text, textMap, writeMessage } from './message.ts';
import type { Note } from './note.ts';
import { readOne, readPart, type Reading } from './read.ts';
import { smpVersion } from './test-config.ts';

/** `PerformanceTestResult.Latency`, in milliseconds. */
export interface SmpLatency {
  min: number;
  average: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** `PerformanceTestResult`: what one test measured. Moments are as RFC 3339 writes them. */
export interface PerformanceTestResult {
  smpVersion: string;
  id: string;
  labels: Readonly<Record<string, string>>;
  startTime: string | undefined;
  endTime: string | undefined;
  latenciesMs: SmpLatency | undefined;
  actualQps: number;
  detailsUri: string;
  testId: string;
  meshConfigId: string;
  envId: string;
}

const latencyFields: FieldsOf<SmpLatency> = {
  min: double(),
  average: double(),
  p50: double(),
  p90: double(),
  p99: double(),
  max: double(),
};

const resultFields: FieldsOf<PerformanceTestResult> = {
  smpVersion: text(),
  id: text(),
  labels: textMap(),
  startTime: moment(),
  endTime: moment(),
  latenciesMs: nested(latencyFields),
  actualQps: double(),
  detailsUri: text(),
  testId: text(),
  meshConfigId: text(),
  envId: text(),
};

const result = schemaOf(resultFields);

/** Reads a result in YAML or JSON; unknown fields, and whatever is of another type, are told with their places. */
export function readTestResult(source: string | Uint8Array, file: string): Reading<PerformanceTestResult> {
  const { value: document, diagnostics } = readOne(source, file);
  return diagnostics === undefined ? readPart(document, result) : { diagnostics };
}

/** A result as a file: YAML, or JSON. */
export function writeTestResult(given: PerformanceTestResult, format: 'yaml' | 'json' = 'yaml'): string {
  const data = writeMessage(resultFields, given);
  return format === 'yaml' ? writeYaml(data) : `${JSON.stringify(data, null, 2)}\n`;
}

/** What a result of SMP is made from; a {@link LoadResult} has it, and {@link measuredTrial} gives it for a record. */
export type MeasuredTrial = Pick<
  LoadResult,
  'generator' | 'startedAt' | 'seconds' | 'achievedRate' | 'requests' | 'errors' | 'latency' | 'invalid'
> &
  Partial<Pick<LoadResult, 'clock'>>;

/** A recorded trial with its latencies decoded, in microseconds. How long it took follows from its rate. */
export function measuredTrial(record: TrialRecord, latency: Histogram): MeasuredTrial {
  const { generator, clock, startedAt, achievedRate, requests, errors, invalid } = record;
  const seconds = achievedRate > 0 ? requests / achievedRate : 0;
  const trial = { generator, startedAt, seconds, achievedRate, requests, errors, latency, invalid };
  return clock === undefined ? trial : { ...trial, clock };
}

/** What a result says besides its figures; all may be left out. */
export interface ResultContext {
  id?: string;
  testId?: string;
  meshConfigId?: string;
  envId?: string;
  detailsUri?: string;
  labels?: Readonly<Record<string, string>>;
}

const prefix = 'meshwright.dev/';

/**
 * A trial as a result of SMP. What SMP has no field for, such as the number of requests and of errors, stands in labels
 * under `meshwright.dev/`; the rest comes as notes.
 */
export function testResultOf(
  trial: MeasuredTrial,
  context: ResultContext = {},
): { result: PerformanceTestResult; notes: Note[] } {
  const { generator, clock, startedAt, seconds, achievedRate, requests, latency, invalid } = trial;
  const failed = failedOf(trial);
  const counted = latency.buckets.reduce((sum, { count }) => sum + count, 0);
  const own = {
    [`${prefix}generator`]: `${generator.id} ${generator.version}`,
    ...(clock === undefined ? {} : { [`${prefix}clock`]: clock }),
    [`${prefix}requests`]: String(requests),
    [`${prefix}errors`]: String(failed),
    ...(invalid.length === 0 ? {} : { [`${prefix}invalid`]: invalid.join(' ') }),
  };
  return {
    result: {
      smpVersion,
      id: context.id ?? '',
      labels: { ...context.labels, ...own },
      startTime: new Date(startedAt).toISOString(),
      endTime: new Date(startedAt + seconds * 1_000).toISOString(),
      latenciesMs: counted === 0 ? undefined : latencyOf(latency, counted),
      actualQps: achievedRate,
      detailsUri: context.detailsUri ?? '',
      testId: context.testId ?? '',
      meshConfigId: context.meshConfigId ?? '',
      envId: context.envId ?? '',
    },
    notes: notesOf(trial, counted),
  };
}

/** Each figure is the bound of a bucket: off by its width at most. */
function latencyOf(latency: Histogram, counted: number): SmpLatency {
  const filled = latency.buckets.filter(({ count }) => count > 0);
  const sum = filled.reduce((total, { upTo, count }) => total + upTo * count, 0);
  const percentile = (share: number): number => quantileOfHistogram(latency, share) / 1_000;
  return {
    min: (filled[0]?.upTo ?? 0) / 1_000,
    average: sum / counted / 1_000,
    p50: percentile(0.5),
    p90: percentile(0.9),
    p99: percentile(0.99),
    max: (filled.at(-1)?.upTo ?? 0) / 1_000,
  };
}

function notesOf({ errors, invalid }: MeasuredTrial, counted: number): Note[] {
  const notes: Note[] = [
    { path: 'latency', message: 'SMP has no histogram: it keeps six figures of it, none beyond p99' },
  ];
  if (counted === 0) notes.push({ path: 'latency', message: 'nothing was measured: latencies are left out' });
  for (const name of ['p50', 'p90', 'p99'] as const) {
    const least = leastRequests[name] ?? 0;
    if (counted === 0 || counted >= least) continue;
    notes.push({
      path: `latency.${name}`,
      message: `it rests on ${counted} requests; it takes ${least} to trust it`,
    });
  }
  if (Object.keys(errors).length > 1) {
    notes.push({
      path: 'errors',
      message: 'SMP has no errors: their sum stands in a label, without what they were',
    });
  }
  if (invalid.length > 0) {
    notes.push({ path: 'invalid', message: 'the trial is not valid; SMP cannot say so but in a label' });
  }
  return notes;
}
