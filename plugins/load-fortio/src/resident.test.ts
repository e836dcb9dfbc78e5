import { Arrivals, LoadProtocol, type LoadEndpoint } from '@meshwright/model';
import { expect, it } from 'vitest';
import { runPath } from './resident.ts';

function queryOf(endpoint: LoadEndpoint): URLSearchParams {
  const request = {
    endpoint,
    rate: 150,
    connections: 8,
    warmUpSeconds: 5,
    seconds: 20,
    arrivals: Arrivals.uniform,
    timeoutSeconds: 3,
    seed: 1,
  };
  const { pathname, searchParams } = new URL(
    runPath(request, { seconds: 20, resolutionSeconds: 0.0001 }),
    'http://pod',
  );
  expect(pathname).toBe('/fortio/rest/run');
  return searchParams;
}

it('asks a resident Fortio for the same run as the program', () => {
  const query = queryOf({
    protocol: LoadProtocol.http1,
    address: 'http://server:8080/a?b=c&d',
    headers: { 'x-one': '1', 'x-two': 'a&H=b' },
    body: '{"a":1}',
  });
  expect(Object.fromEntries(query)).toMatchObject({
    runner: 'http',
    url: 'http://server:8080/a?b=c&d',
    qps: '150',
    c: '8',
    t: '20s',
    timeout: '3s',
    r: '0.0001',
    uniform: 'on',
    nocatchup: 'on',
    payload: '{"a":1}',
  });
  expect(query.getAll('H')).toEqual(['x-one:1', 'x-two:a&H=b']);
});

it('names the runner of each protocol', () => {
  expect(queryOf({ protocol: LoadProtocol.tcp, address: 'server:9000' }).get('url')).toBe(
    'tcp://server:9000',
  );
  expect(queryOf({ protocol: LoadProtocol.grpc, address: 'server:9000' }).get('runner')).toBe('grpc');
  expect(queryOf({ protocol: LoadProtocol.http2, address: 'http://server/' }).get('h2')).toBe('on');
});
