import { expect, it } from 'vitest';
import { readTestConfig, testConfigData, writeTestConfig } from './test-config.ts';

/** As upstream's guide writes it. */
const published = `smp_version: v0.0.1
id:
name: Istio Performance Test
labels: {}
clients:
- internal: false
  load_generator: fortio
  protocol: 1
  connections: 2
  rps: 10
  headers: {}
  cookies: {}
  body: ""
  content_type: ""
  endpoint_urls:
  - http://localhost:2323/productpage
duration: "30m"
`;

function read(text: string) {
  return readTestConfig(text, 'test.yaml');
}

it('reads what is published, and what the JSON mapping of protobuf writes, alike', () => {
  const camel = {
    smpVersion: 'v0.0.1',
    name: 'Istio Performance Test',
    clients: [
      {
        loadGenerator: 'fortio',
        protocol: 'PROTOCOL_HTTP',
        connections: 2,
        rps: '10',
        endpointUrls: ['http://localhost:2323/productpage'],
      },
    ],
    duration: '30m',
  };
  const { value } = read(published);
  expect(value?.config).toMatchObject({
    smpVersion: 'v0.0.1',
    id: '',
    clients: [{ protocol: 'PROTOCOL_HTTP', rps: 10, connections: 2, cookies: {} }],
  });
  expect(read(JSON.stringify(camel)).value).toEqual(value);
  expect(read(published.replace('protocol: 1', 'protocol: http')).value).toEqual(value);
});

it('keeps every client and every address', () => {
  const { value } = read(
    'clients: [{ endpoint_urls: [http://a, http://b] }, { protocol: GRPC, endpoint_urls: ["c:1"] }]',
  );
  expect(value?.config.clients.map(({ endpointUrls }) => endpointUrls)).toEqual([
    ['http://a', 'http://b'],
    ['c:1'],
  ]);
});

it('reads a test with its mesh, as Meshery takes it', () => {
  const file = read(`test: { name: a }\nmesh: { type: 3, version: 1.31.0 }\n`);
  expect(file.value).toMatchObject({ config: { name: 'a' }, mesh: { type: 'ISTIO', version: '1.31.0' } });
});

it('writes the names of the proto file, without what is empty', () => {
  const { value } = read(published);
  expect(testConfigData(value!.config)).toEqual({
    smp_version: 'v0.0.1',
    name: 'Istio Performance Test',
    clients: [
      {
        load_generator: 'fortio',
        protocol: 1,
        connections: 2,
        rps: 10,
        endpoint_urls: ['http://localhost:2323/productpage'],
      },
    ],
    duration: '30m',
  });
  expect(writeTestConfig(value!.config)).toMatch(/^smp_version: v0\.0\.1\n/);
});

it.each([
  ['an unknown field', 'nmae: a\n', 'unknown-field', 1, 'Did you mean "name"?'],
  [
    'an unknown field of a client',
    'clients:\n  - endpoint_url: [a]\n',
    'unknown-field',
    2,
    'Did you mean "endpoint_urls"?',
  ],
  ['an unknown field beside a test', 'test: {}\nmehs: {}\n', 'unknown-field', 2, 'Did you mean "mesh"?'],
  ['a field twice', 'smp_version: a\nsmpVersion: b\n', 'duplicate-field', 2, 'Keep one of the two.'],
  ['another protocol', 'clients:\n  - protocol: quic\n', 'unknown-value', 2, undefined],
  ['a number of a protocol that is none', 'clients:\n  - protocol: 9\n', 'unknown-value', 2, undefined],
  ['half a connection', 'clients:\n  - connections: 1.5\n', 'out-of-bounds', 2, undefined],
  ['more connections than fit', 'clients:\n  - connections: 2147483648\n', 'out-of-bounds', 2, undefined],
  ['a rate beyond numbers', 'clients:\n  - rps: "9223372036854775807"\n', 'out-of-bounds', 2, undefined],
  ['a duration as a number', 'duration: 30\n', 'wrong-type', 1, 'Quote it: "30".'],
  ['one address instead of a list', 'clients:\n  - endpoint_urls: http://a\n', 'wrong-type', 2, undefined],
  ['a list', '- a\n', 'wrong-type', 1, undefined],
  ['nothing', '# nothing\n', 'empty-file', undefined, undefined],
  ['two documents', 'name: a\n---\nname: b\n', 'several-documents', 3, undefined],
])('refuses %s, at its place', (_, text, code, line, suggestion) => {
  const { value, diagnostics = [] } = read(text);
  expect(value).toBeUndefined();
  expect(diagnostics).toMatchObject([{ code, file: 'test.yaml', ...(line === undefined ? {} : { line }) }]);
  if (suggestion !== undefined) expect(diagnostics[0]?.suggestion).toBe(suggestion);
});

it('shows nothing of what may be a credential', () => {
  const text = 'clients:\n  - headers: { authorization: [hunter2] }\n    cookies: { session: 5551234 }\n';
  const { diagnostics } = read(text);
  expect(diagnostics).toHaveLength(2);
  expect(JSON.stringify(diagnostics)).not.toMatch(/hunter2|5551234/);
});
