import type { PerformanceProfile } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { testConfigOfProfile } from './profile-export.ts';
import { profilesOfTestConfig } from './profile-import.ts';
import { readTestConfig } from './test-config.ts';

function imported(text: string) {
  const { value } = readTestConfig(text, 'test.yaml');
  return profilesOfTestConfig(value!);
}

const test = `smp_version: v0.6.1
name: cart
clients:
  - load_generator: fortio
    protocol: PROTOCOL_HTTP
    connections: 8
    rps: 200
    headers: { accept: text/plain }
    cookies: { group: canary, user: "7" }
    content_type: application/json
    body: "{}"
    endpoint_urls: [http://cart:8080/add]
duration: 20s
`;

describe('a test as profiles', () => {
  it('becomes a profile with the same load', () => {
    const { profiles, notes } = imported(test);
    expect(notes).toEqual([]);
    expect(profiles).toEqual([
      {
        apiVersion: 'meshwright.dev/v1alpha1',
        kind: 'PerformanceProfile',
        metadata: { name: 'cart' },
        spec: {
          generator: 'fortio',
          endpoints: [
            {
              name: 'endpoint-1',
              protocol: 'http1',
              address: 'http://cart:8080/add',
              method: 'POST',
              headers: {
                accept: 'text/plain',
                'content-type': 'application/json',
                cookie: 'group=canary; user=7',
              },
              body: '{}',
            },
          ],
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
          limits: { p50: {}, p90: {}, p99: {} },
        },
      },
    ]);
  });

  it('becomes a profile for each load, and an endpoint for each address', () => {
    const { profiles, notes } = imported(`
name: several
duration: 1m
clients:
  - { protocol: HTTP, load_generator: builtin, rps: 100, connections: 4, endpoint_urls: [http://a, http://b] }
  - { protocol: TCP, load_generator: builtin, rps: 50, connections: 4, endpoint_urls: [tcp://c:1] }
  - { protocol: GRPC, load_generator: builtin, rps: 100, connections: 4, endpoint_urls: ["grpc://d:2"] }
smp_version: v0.6.1
`);
    const shape = profiles.map(({ metadata, spec }) => [
      metadata.name,
      spec.load.rate,
      spec.endpoints.map(({ name, protocol, address }) => `${name} ${protocol} ${address}`),
    ]);
    expect(shape).toEqual([
      ['several', 100, ['endpoint-1 http1 http://a', 'endpoint-2 http1 http://b', 'endpoint-3 grpc d:2']],
      ['several-2', 50, ['endpoint-1 tcp c:1']],
    ]);
    expect(notes.map(({ path }) => path)).toEqual(['clients[0].endpointUrls', 'clients']);
  });

  it('says what a profile has no field for', () => {
    const { profiles, notes } = imported(`
test:
  id: 7df8a0ac
  name: "Quick Test!"
  labels: { team: shop, "a b": c }
  duration: 1500ms
  clients:
    - internal: true
      rps: 100
      headers: { Authorization: hunter2 }
      ssl_certificate: x
      additional_options: '{}'
      endpoint_urls: [http://a, udp://b]
    - { protocol: UDP, rps: 100, endpoint_urls: [c] }
    - { protocol: GRPC, rps: 100, body: x, endpoint_urls: ["d:1"] }
    - { protocol: TCP, rps: 100, headers: { a: b } }
mesh: { type: LINKERD }
`);
    const told = notes.map(({ path }) => path).toSorted();
    expect([...new Set(told)]).toEqual([
      'clients',
      'clients[0].additionalOptions',
      'clients[0].connections',
      'clients[0].endpointUrls',
      'clients[0].endpointUrls[1]',
      'clients[0].headers',
      'clients[0].internal',
      'clients[0].loadGenerator',
      'clients[0].protocol',
      'clients[0].sslCertificate',
      'clients[1].endpointUrls[0]',
      'clients[2].body',
      'clients[2].connections',
      'clients[2].loadGenerator',
      'clients[3].endpointUrls',
      'duration',
      'id',
      'labels',
      'mesh',
      'name',
      'smpVersion',
    ]);
    expect(profiles).toMatchObject([
      {
        metadata: { name: 'quick-test', labels: { team: 'shop' } },
        spec: { load: { seconds: 2, connections: 8 } },
      },
    ]);
    expect(JSON.stringify({ profiles, notes })).not.toContain('hunter2');
  });

  it('warns of the length of a test that would be that of each trial', () => {
    const { notes } = imported(test.replace('20s', '30m'));
    expect(notes).toMatchObject([{ path: 'duration', message: expect.stringContaining('14') as string }]);
  });

  it('says what is sent where a name of a cookie or a header is taken', () => {
    const { notes } = imported(test.replace('accept: text/plain', 'Cookie: a=b, Content-Type: text/plain'));
    expect(notes.map(({ path }) => path)).toEqual([
      'clients[0].headers',
      'clients[0].headers',
      'clients[0].contentType',
      'clients[0].cookies',
    ]);
  });

  it.each([
    ['no clients', 'name: a\n', 'no client with an address'],
    ['clients without addresses', 'clients: [{ rps: 100 }]\n', 'no client with an address'],
    ['no fixed rate', 'clients: [{ protocol: HTTP, endpoint_urls: [http://a] }]\n', 'clients[0].rps is 0'],
    ['a duration that is none', test.replace('20s', 'soon'), 'The duration "soon" is none.'],
    ['a duration of nothing', test.replace('20s', '0s'), 'The duration "0s" is none.'],
    ['too little load', test.replace('200', '2'), 'clients[0] sends 40 requests'],
  ])('is refused with %s', (_, text, message) => {
    expect(() => imported(text)).toThrow(message);
  });
});

describe('a profile as a test', () => {
  const profile: PerformanceProfile = {
    ...imported(test).profiles[0]!,
    metadata: { name: 'cart', labels: { team: 'shop' } },
  };

  it('says what it sends, with fields of SMP where it has some', () => {
    expect(testConfigOfProfile(profile).config).toMatchObject({
      smpVersion: 'v0.6.1',
      name: 'cart',
      labels: { team: 'shop' },
      duration: '20s',
      clients: [
        {
          loadGenerator: 'fortio',
          protocol: 'PROTOCOL_HTTP',
          rps: 200,
          headers: { accept: 'text/plain' },
          cookies: { group: 'canary', user: '7' },
          contentType: 'application/json',
          endpointUrls: ['http://cart:8080/add'],
        },
      ],
    });
  });

  it('says what SMP has no field for', () => {
    const [endpoint] = profile.spec.endpoints;
    const { notes } = testConfigOfProfile({
      ...profile,
      spec: {
        ...profile.spec,
        probes: { create: true },
        endpoints: [
          { ...endpoint!, protocol: 'http2', method: 'PUT' },
          { name: 'health', protocol: 'grpc', address: 'a:1', service: 'shop' },
        ],
      },
    });
    expect(notes.map(({ path }) => path)).toEqual([
      'spec.load.arrivals',
      'spec.load.warmUp',
      'spec.load.timeout',
      'spec.contrast',
      'spec.blocks',
      'spec.limits',
      'spec.probes',
      'spec.endpoints',
      'spec.endpoints[0].name',
      'spec.endpoints[0].protocol',
      'spec.endpoints[0].method',
      'spec.endpoints[1].name',
      'spec.endpoints[1].service',
    ]);
  });
});
