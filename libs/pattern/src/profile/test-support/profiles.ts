import {
  type MetricLimits,
  MetricName,
  type PerformanceProfile,
  type ProfileEndpoint,
} from '@meshwright/model';
import fc from 'fast-check';

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/);
const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('yes', '0644', '\n'));
const headers = fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,8}$/), fc.stringMatching(/^[ -~]{0,20}$/), {
  maxKeys: 3,
  noNullPrototype: true,
});
const hostPort = fc
  .tuple(label, fc.integer({ min: 1, max: 65_535 }))
  .map(([host, port]) => `${host}:${port}`);
const web = fc
  .tuple(fc.constantFrom('http', 'https'), hostPort, label)
  .map(([scheme, at, path]) => `${scheme}://${at}/${path}`);
const method = fc.constantFrom('GET', 'POST', 'PUT');

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

const probe = fc.record({ namespace: label, name: label });
const share = fc.nat({ max: 9_999 }).map((count) => Number((count / 1_000).toPrecision(12)));
const time = fc.oneof(
  fc.nat({ max: 99_999 }).map((count) => Number((count / 1_000).toPrecision(12))),
  fc.nat({ max: 99_999 }).map((count) => count * 1_000),
);
const timeLimit = fc.record({ relative: share, absolute: time }, { requiredKeys: [] });
const errors = fc.nat({ max: 999 }).map((count) => ({ absolute: Number((count / 10_000).toPrecision(12)) }));
const limits: fc.Arbitrary<MetricLimits> = fc.record(
  {
    [MetricName.p50]: timeLimit,
    [MetricName.p90]: timeLimit,
    [MetricName.p99]: timeLimit,
    [MetricName.cpu]: timeLimit,
    [MetricName.errorRate]: errors,
  },
  { requiredKeys: ['p50'] },
);

/** Profiles that are valid. */
export const anyProfile: fc.Arbitrary<PerformanceProfile> = fc.record({
  apiVersion: fc.constant('meshwright.dev/v1alpha1'),
  kind: fc.constant('PerformanceProfile'),
  metadata: fc.record(
    { name: label, labels: fc.dictionary(label, label, { maxKeys: 2, noNullPrototype: true }) },
    { requiredKeys: ['name'] },
  ),
  spec: fc.record(
    {
      generator: label,
      endpoints: fc.uniqueArray(endpoint, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
      load: fc.record({
        rate: fc.integer({ min: 3_000, max: 1_000_000 }),
        connections: fc.integer({ min: 1, max: 10_000 }),
        arrivals: fc.constantFrom('uniform', 'poisson'),
        warmUpSeconds: fc.nat({ max: 600 }),
        seconds: fc.integer({ min: 1, max: 3_600 }),
        timeoutSeconds: fc.integer({ min: 1, max: 300 }),
      }),
      contrast: fc.constantFrom('auto', 'D1', 'D2', 'advisory'),
      probes: fc.oneof(
        fc.constant({ create: true }),
        fc.record({
          create: fc.constant(false),
          use: fc.record(
            { client: probe, server: probe, control: probe },
            { requiredKeys: ['client', 'server'] },
          ),
        }),
      ),
      looks: fc
        .uniqueArray(fc.integer({ min: 5, max: 100 }), { minLength: 1, maxLength: 10 })
        .map((looks) => looks.toSorted((a, b) => a - b)),
      limits,
    },
    { requiredKeys: ['generator', 'endpoints', 'load', 'contrast', 'looks', 'limits'] },
  ),
});
