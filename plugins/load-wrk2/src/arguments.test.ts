import { Arrivals, LoadProtocol, type LoadRequest } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argumentsFor, filesFor } from './arguments.ts';

function request(more: Partial<LoadRequest> = {}): LoadRequest {
  return {
    endpoint: { protocol: LoadProtocol.http1, address: 'http://127.0.0.1:8080/' },
    rate: 200,
    connections: 8,
    warmUpSeconds: 10.5,
    seconds: 20,
    arrivals: Arrivals.uniform,
    timeoutSeconds: 1.5,
    seed: 1,
    ...more,
  };
}

describe('the arguments of wrk2', () => {
  it('are one run of warm-up and measurement at the rate, in whole seconds', () => {
    expect(argumentsFor(request()).join(' ')).toBe(
      '-t 2 -c 8 -d 31s -R 200 --timeout 2s --latency --u_latency -- http://127.0.0.1:8080/',
    );
  });

  it('leave no connection out', () => {
    expect(argumentsFor(request({ connections: 7 })).slice(0, 4)).toEqual(['-t', '1', '-c', '7']);
  });

  it('hold every header as one argument, and method and body in files that the script reads', () => {
    const { endpoint } = request();
    const usual = filesFor(request({ endpoint: { ...endpoint, method: 'PUT', body: 'x' } }));
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (value, method, body) => {
        const asked = request({ endpoint: { ...endpoint, headers: { 'x-any': value }, method, body } });
        const args = argumentsFor(asked);
        expect(args.slice(args.indexOf('-H'))).toEqual([
          ...['-H', `x-any: ${value}`],
          ...['-s', 'request.lua'],
          ...['--', endpoint.address],
        ]);
        expect(filesFor(asked)).toEqual({ ...usual, method, body });
      }),
    );
  });

  it('need no script for a plain request', () => {
    expect(filesFor(request())).toEqual({});
  });
});
