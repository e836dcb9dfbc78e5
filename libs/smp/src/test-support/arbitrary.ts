import type { PerformanceProfile, ProfileEndpoint } from '@meshwright/model';
import fc from 'fast-check';
import { type PerformanceTestConfig, type SmpClient, SmpProtocol } from '../test-config.ts';
import type { PerformanceTestResult } from '../test-result.ts';

const name = fc
  .string({ minLength: 1, maxLength: 10 })
  .filter((given) => !['__proto__', 'constructor', 'prototype'].includes(given));
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('yes', '0644', '1e3', '~', '"\\'),
);
const map = fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true });
const figure = fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0);

const anyClient: fc.Arbitrary<SmpClient> = fc.record({
  internal: fc.boolean(),
  loadGenerator: text,
  protocol: fc.constantFrom(...(Object.keys(SmpProtocol) as (keyof typeof SmpProtocol)[])),
  connections: fc.integer(),
  rps: fc.maxSafeInteger().map((value) => value + 0),
  headers: map,
  cookies: map,
  body: text,
  contentType: text,
  endpointUrls: fc.array(text, { maxLength: 3 }),
  sslCertificate: text,
  additionalOptions: text,
});

/** Any message that the format has room for, sensible or not. */
export const anyConfig: fc.Arbitrary<PerformanceTestConfig> = fc.record({
  smpVersion: text,
  id: text,
  name: text,
  labels: map,
  clients: fc.array(anyClient, { maxLength: 3 }),
  duration: text,
});

const moment = fc.option(
  fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString()),
  { nil: undefined },
);

export const anyResult: fc.Arbitrary<PerformanceTestResult> = fc.record({
  smpVersion: text,
  id: text,
  labels: map,
  startTime: moment,
  endTime: moment,
  latenciesMs: fc.option(
    fc.record({ min: figure, average: figure, p50: figure, p90: figure, p99: figure, max: figure }),
    { nil: undefined },
  ),
  actualQps: figure,
  detailsUri: text,
  testId: text,
  meshConfigId: text,
  envId: text,
});

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/);
const header = fc.constantFrom('accept', 'x-version', 'content-type', 'cookie', 'Cookie', 'host');
const value = fc.oneof(
  fc.stringMatching(/^[ -~]{0,20}$/),
  fc.constantFrom('a=1', 'a=1; b=2', '2=x; 1=y', 'a=1; a=2'),
);
const headers = fc.dictionary(header, value, { maxKeys: 3, noNullPrototype: true });
const method = fc.constantFrom('GET', 'POST', 'PUT');
const hostPort = fc
  .tuple(label, fc.integer({ min: 1, max: 65_535 }))
  .map(([host, port]) => `${host}:${port}`);
const web = fc
  .tuple(fc.constantFrom('http', 'https'), hostPort, label)
  .map(([scheme, at, path]) => `${scheme}://${at}/${path}`);

const endpoint: fc.Arbitrary<ProfileEndpoint> = fc.oneof(
  fc.record(
    { name: label, protocol: fc.constantFrom('http1', 'http2'), address: web, method, headers, body: text },
    { requiredKeys: ['name', 'protocol', 'address'] },
  ),
  fc.record(
    { name: label, protocol: fc.constant('grpc'), address: hostPort, headers, service: label },
    { requiredKeys: ['name', 'protocol', 'address'] },
  ),
  fc.record(
    { name: label, protocol: fc.constant('tcp'), address: hostPort, body: text },
    { requiredKeys: ['name', 'protocol', 'address'] },
  ),
);

/** Profiles as they are read from files. */
export const anyProfile: fc.Arbitrary<PerformanceProfile> = fc.record({
  apiVersion: fc.constant('meshwright.dev/v1alpha1'),
  kind: fc.constant('PerformanceProfile'),
  metadata: fc.record(
    { name: label, labels: fc.dictionary(label, label, { minKeys: 1, maxKeys: 2, noNullPrototype: true }) },
    { requiredKeys: ['name'] },
  ),
  spec: fc.record(
    {
      generator: fc.constantFrom('builtin', 'fortio'),
      endpoints: fc.array(endpoint, { minLength: 1, maxLength: 3 }),
      load: fc.record({
        rate: fc.integer({ min: 60, max: 10_000 }),
        connections: fc.integer({ min: 1, max: 100 }),
        arrivals: fc.constantFrom('uniform', 'poisson'),
        warmUpSeconds: fc.nat({ max: 600 }),
        seconds: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 3_600 })),
        timeoutSeconds: fc.integer({ min: 1, max: 300 }),
      }),
      contrast: fc.constantFrom('auto', 'D1', 'D2', 'advisory'),
      probes: fc.constant({ create: true }),
      looks: fc.constantFrom([7, 10, 13, 16], [5]),
      limits: fc.constantFrom({ p50: {} }, { p50: { relative: 0.05 }, errorRate: { absolute: 0.005 } }),
    },
    { requiredKeys: ['generator', 'endpoints', 'load', 'contrast', 'looks', 'limits'] },
  ),
});
