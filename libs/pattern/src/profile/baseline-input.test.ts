import type { PerformanceProfile } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { baselineInputOf } from './baseline-input.ts';

const profile: PerformanceProfile = {
  apiVersion: 'meshwright.dev/v1alpha1',
  kind: 'PerformanceProfile',
  metadata: { name: 'checkout' },
  spec: {
    generator: 'builtin',
    endpoints: [
      {
        name: 'cart',
        protocol: 'http1',
        address: 'http://cart/',
        method: 'POST',
        headers: { a: 'b' },
        body: '{}',
      },
      { name: 'health', protocol: 'grpc', address: 'cart:9000', service: 'shop' },
    ],
    load: {
      rate: 200,
      connections: 4,
      arrivals: 'poisson',
      warmUpSeconds: 1,
      seconds: 20,
      timeoutSeconds: 2,
    },
    contrast: 'auto',
    looks: [7, 10],
    limits: { p50: { relative: 0.05 }, p99: {}, cpu: {}, errorRate: { absolute: 0.005 } },
  },
};
const options = {
  agent: 'local',
  addresses: { a: 'http://old/', b: 'http://new/' },
  endpoint: 'cart',
  seed: 7,
};

describe('the comparison of two addresses that a profile asks for', () => {
  it('sends the requests of the endpoint to both, and tells what it does not measure', () => {
    const request = { protocol: 'http1', method: 'POST', headers: { a: 'b' }, body: '{}' };
    expect(baselineInputOf(profile, options)).toEqual({
      input: {
        name: 'checkout',
        agent: 'local',
        generator: 'builtin',
        contrast: 'D1',
        paths: {
          a: { endpoint: { ...request, address: 'http://old/' } },
          b: { endpoint: { ...request, address: 'http://new/' } },
        },
        load: profile.spec.load,
        metrics: [
          { name: 'p50', unit: 'ms', limit: { relative: 0.05 } },
          { name: 'p99', unit: 'ms', limit: {} },
        ],
        errorMargin: 0.005,
        looks: [7, 10],
        seed: 7,
      },
      unmeasured: ['cpu'],
    });
  });

  it('measures what proxies use where a pod sends', () => {
    const probe = { cluster: 'local', namespace: 'shop', labelSelector: 'app=client', port: 8080 };
    const { input, unmeasured } = baselineInputOf(profile, { ...options, probe });
    expect(input.metrics.map(({ name }) => name)).toEqual(['p50', 'p99', 'cpu']);
    expect(unmeasured).toEqual([]);
  });

  it('needs no name where there is one endpoint, and takes a name and a contrast of its own', () => {
    const [cart] = profile.spec.endpoints;
    const single = { ...profile, spec: { ...profile.spec, endpoints: [cart!] } };
    const { agent, addresses, seed } = options;
    const { input } = baselineInputOf(single, {
      agent,
      addresses,
      seed,
      name: 'old and new',
      contrast: 'advisory',
    });
    expect(input).toMatchObject({ name: 'old and new', contrast: 'advisory' });
  });

  it.each([
    ['no endpoint among several', { endpoint: undefined }, 'several endpoints'],
    ['an endpoint that there is not', { endpoint: 'basket' }, 'no endpoint basket'],
    [
      'an address of another protocol',
      { addresses: { a: 'http://old/', b: 'new:80' } },
      'The address of arm B must be a web address',
    ],
    ['web addresses for gRPC', { endpoint: 'health' }, 'must be host:port'],
    ['a contrast that two addresses cannot give', { contrast: 'D3' as const }, 'The contrast D3'],
  ])('is refused for %s', (_, changes, message) => {
    const { endpoint, ...rest } = { ...options, ...changes };
    const given = endpoint === undefined ? rest : { ...rest, endpoint };
    expect(() => baselineInputOf(profile, given)).toThrow(message);
  });

  it('is refused where no latency is limited', () => {
    const errors = { ...profile, spec: { ...profile.spec, limits: { errorRate: {} } } };
    expect(() => baselineInputOf(errors, options)).toThrow('limits no latency');
  });
});
