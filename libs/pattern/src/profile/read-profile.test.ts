import type { PerformanceProfile } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { readProfile } from './read-profile.ts';
import type { profileSchema } from './schema.ts';
import { anyProfile } from './test-support/profiles.ts';
import { writeProfile } from './write-profile.ts';

const file = 'performance/a.yaml';
const minimal = `apiVersion: meshwright.dev/v1alpha1
kind: PerformanceProfile
metadata:
  name: checkout
spec:
  endpoints:
    - name: cart
      protocol: http1
      address: http://cart:8080/
  load:
    rate: 200
  limits:
    p99: {}
`;

function read(text: string) {
  return readProfile(text, file, 1_000_000);
}

function changed(from: string, to: string): string {
  expect(minimal).toContain(from);
  return minimal.replace(from, to);
}

describe('a valid profile', () => {
  it('has the type of the model', () => {
    expectTypeOf<z.output<typeof profileSchema>>().toExtend<PerformanceProfile>();
  });

  it('gets its defaults', () => {
    expect(read(minimal).profile).toEqual({
      apiVersion: 'meshwright.dev/v1alpha1',
      kind: 'PerformanceProfile',
      metadata: { name: 'checkout' },
      spec: {
        generator: 'builtin',
        endpoints: [{ name: 'cart', protocol: 'http1', address: 'http://cart:8080/' }],
        load: {
          rate: 200,
          connections: 8,
          arrivals: 'uniform',
          warmUpSeconds: 5,
          seconds: 20,
          timeoutSeconds: 5,
        },
        contrast: 'auto',
        looks: [7, 10, 13, 16],
        limits: { p99: {} },
      },
    });
  });

  it('has limits in the units of the model', () => {
    const limits = changed(
      'p99: {}',
      'p99: { relative: 7%, absolute: 250us }\n    cpu: { absolute: 1s }\n    errorRate: { absolute: 0.5pp }',
    );
    expect(read(limits).profile?.spec.limits).toEqual({
      p99: { relative: 0.07, absolute: 0.25 },
      cpu: { absolute: 1_000 },
      errorRate: { absolute: 0.005 },
    });
  });

  it('names its probes, or asks for them', () => {
    const pair = 'client: { namespace: a, name: b }, server: { namespace: c, name: d }';
    expect(read(`${minimal}  probes: { use: { ${pair} } }\n`).profile?.spec.probes).toEqual({
      create: false,
      use: { client: { namespace: 'a', name: 'b' }, server: { namespace: 'c', name: 'd' } },
    });
    expect(read(`${minimal}  probes: { create: true }\n  contrast: D3\n`).profile?.spec).toMatchObject({
      contrast: 'D3',
      probes: { create: true },
    });
  });

  it('is read as it is written, whatever is in it', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        expect(read(writeProfile(profile))).toMatchObject({ diagnostics: [], profile });
        expect(read(writeProfile(profile)).profile).toEqual(profile);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is refused', () => {
  it.each([
    [
      'a typo',
      changed('rate: 200', 'rate: 200\n    duraton: 20s'),
      'unknown-field',
      12,
      'Did you mean "duration"?',
    ],
    [
      'a metric that there is not',
      changed('p99: {}', 'p95: {}'),
      'unknown-metric',
      13,
      'Did you mean "p90"?',
    ],
    [
      'a metric that is like no other',
      changed('p99: {}', 'throughput: {}'),
      'unknown-metric',
      13,
      'Known metrics: p50, p90, p99, p99.9, cpu, errorRate.',
    ],
    ['no metric', changed('\n    p99: {}', ' {}'), 'invalid-value', 12, undefined],
    ['a limit as a number', changed('p99: {}', 'p99: { relative: 0.1 }'), 'wrong-type', 13, undefined],
    ['a limit without a unit', changed('p99: {}', 'p99: { absolute: "2" }'), 'invalid-value', 13, undefined],
    [
      'a share of errors',
      changed('p99: {}', 'errorRate: { relative: 10% }'),
      'unknown-field',
      13,
      'Write absolute, in percentage points, such as 0.5pp.',
    ],
    [
      'too few requests for p99',
      changed('rate: 200', 'rate: 100'),
      'too-few-requests',
      13,
      'Raise load.duration to 30s or load.rate to 150, or remove the limit.',
    ],
    [
      'too few requests for p99.9',
      changed('p99: {}', 'p99.9: {}'),
      'too-few-requests',
      13,
      'Raise load.duration to 150s or load.rate to 1500, or remove the limit.',
    ],
    [
      'D3 without a control',
      `${minimal}  contrast: D3\n`,
      'control-missing',
      14,
      'Name one in probes.use.control, or write probes: { create: true }.',
    ],
    ['another contrast', `${minimal}  contrast: D4\n`, 'unknown-value', 14, undefined],
    ['probes both named and created', `${minimal}  probes: {}\n`, 'choose-one', 14, undefined],
    ['looks that do not rise', `${minimal}  blocks: { looks: [7, 7] }\n`, 'not-rising', 14, undefined],
    [
      'looks before anything can be said',
      `${minimal}  blocks: { looks: [3] }\n`,
      'out-of-bounds',
      14,
      undefined,
    ],
    ['no rate', changed('rate: 200', 'connections: 2'), 'missing-field', 10, undefined],
    ['a rate of nothing', changed('rate: 200', 'rate: 0'), 'out-of-bounds', 11, undefined],
    [
      'a duration of nothing',
      changed('rate: 200', 'rate: 200\n    duration: 0s'),
      'out-of-bounds',
      12,
      undefined,
    ],
    [
      'a duration too long',
      changed('rate: 200', 'rate: 200\n    duration: 2h'),
      'out-of-bounds',
      12,
      undefined,
    ],
    ['another protocol', changed('http1', 'http'), 'unknown-value', 8, 'Did you mean "http1"?'],
    [
      'an address without a scheme',
      changed('http://cart:8080/', 'cart:8080/x'),
      'invalid-address',
      9,
      'Write http://cart:8080/x.',
    ],
    ['an address of another scheme', changed('http://cart', 'ftp://cart'), 'invalid-address', 9, undefined],
    [
      'an address with credentials',
      changed('http://cart', 'http://a:b@cart'),
      'invalid-address',
      9,
      undefined,
    ],
    ['an address with a fragment', changed('8080/', '8080/#x'), 'invalid-address', 9, undefined],
    ['an address with a space', changed('8080/', '8080/a b'), 'invalid-address', 9, undefined],
    [
      'a web address for gRPC',
      changed('protocol: http1', 'protocol: grpc'),
      'invalid-address',
      9,
      'Write cart:8080.',
    ],
    [
      'an address without a port for TCP',
      changed('protocol: http1\n      address: http://cart:8080/', 'protocol: tcp\n      address: cart'),
      'invalid-address',
      9,
      'Write it like checkout.shop:8080.',
    ],
    [
      'a method of TCP',
      changed(
        'protocol: http1\n      address: http://cart:8080/',
        'protocol: tcp\n      address: cart:80\n      method: GET',
      ),
      'without-effect',
      10,
      'Remove it.',
    ],
    [
      'a service of HTTP',
      changed('http://cart:8080/', 'http://cart:8080/\n      service: shop'),
      'without-effect',
      10,
      'Remove it.',
    ],
    [
      'a header that is none',
      changed('http://cart:8080/', 'http://cart:8080/\n      headers: { "a b": c }'),
      'invalid-key',
      10,
      undefined,
    ],
    [
      'a header with a line break',
      changed('http://cart:8080/', 'http://cart:8080/\n      headers: { a: "b\\nc: d" }'),
      'invalid-value',
      10,
      undefined,
    ],
    [
      'two endpoints of one name',
      minimal.replace(/( {4}- name: cart[^]*?\/\n)( {2}load)/, '$1$1$2'),
      'duplicate-entry',
      10,
      undefined,
    ],
    ['another kind', minimal.replace('PerformanceProfile', 'Pattern'), 'not-a-profile', 2, undefined],
    ['an empty file', '# nothing\n', 'empty-file', undefined, undefined],
    ['two documents', `${minimal}---\n${minimal}`, 'several-documents', 15, undefined],
  ])('%s', (_, text, code, line, suggestion) => {
    const { profile, diagnostics } = read(text);
    expect(profile).toBeUndefined();
    const found = diagnostics.find((diagnostic) => diagnostic.code === code);
    expect(found, JSON.stringify(diagnostics)).toMatchObject({ file, severity: 'error' });
    expect(found?.line).toBe(line);
    if (suggestion !== undefined) expect(found?.suggestion).toBe(suggestion);
  });

  it.each([
    ['a header', 'http://cart:8080/\n      headers: { Authorization: Bearer hunter2 }', 'secret-in-git', 10],
    ['an address', 'http://ada:hunter2@cart:8080/', 'invalid-address', 9],
    ['an address of another protocol', 'ada:hunter2@cart:8080', 'invalid-address', 9],
  ])('credentials in %s, without showing them', (_, text, code, line) => {
    const { diagnostics } = read(changed('http://cart:8080/', text));
    expect(diagnostics).toMatchObject([{ code, line }]);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });

  it('whatever else it is, without throwing', () => {
    const noise = fc
      .tuple(fc.nat(minimal.length), fc.string({ maxLength: 5 }))
      .map(([at, text]) => minimal.slice(0, at) + text + minimal.slice(at));
    fc.assert(
      fc.property(fc.oneof(fc.string(), noise), (text) => {
        const { profile, diagnostics } = read(text);
        expect(profile === undefined).toBe(diagnostics.length > 0);
      }),
      { numRuns: 500 },
    );
  });
});
