import { Arrivals, LoadProtocol, type LoadRequest } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argumentsFor } from './arguments.ts';

function request(endpoint: Partial<LoadRequest['endpoint']>): LoadRequest {
  return {
    endpoint: { protocol: LoadProtocol.http1, address: 'http://127.0.0.1:8080/', ...endpoint },
    rate: 200,
    connections: 8,
    warmUpSeconds: 5,
    seconds: 20,
    arrivals: Arrivals.uniform,
    timeoutSeconds: 2,
    seed: 1,
  };
}

describe('the arguments of Fortio', () => {
  it('are those of a steady rate without catching up', () => {
    const args = argumentsFor(request({}), 20).join(' ');
    expect(args).toMatch(/^load /);
    for (const part of ['-json -', '-qps 200', '-c 8', '-t 20s', '-timeout 2s', '-uniform', '-nocatchup']) {
      expect(args).toContain(part);
    }
  });

  it.each([
    [{}, ['http://127.0.0.1:8080/']],
    [{ method: 'PUT' }, ['-X', 'PUT', 'http://127.0.0.1:8080/']],
    [{ protocol: LoadProtocol.http2 }, ['-h2', 'http://127.0.0.1:8080/']],
    [
      { protocol: LoadProtocol.grpc, address: 'host:90', service: 'cart' },
      ['-grpc', '-health', '-healthservice', 'cart', 'host:90'],
    ],
    [{ protocol: LoadProtocol.tcp, address: 'host:90' }, ['tcp://host:90']],
  ])('end with the protocol and the address: %j', (endpoint, end) => {
    expect(argumentsFor(request(endpoint), 20).slice(-end.length)).toEqual(end);
  });

  it('hold every header and the body as one argument each', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, body) => {
        const args = argumentsFor(request({ headers: { 'x-any': value }, body }), 20);
        expect(args[args.indexOf('-H') + 1]).toBe(`x-any:${value}`);
        expect(args[args.indexOf('-payload') + 1]).toBe(body);
        expect(args).toHaveLength(argumentsFor(request({ headers: { a: 'b' }, body: 'c' }), 20).length);
      }),
    );
  });
});
