import { Arrivals, LoadProtocol, type LoadRequest } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argumentsFor } from './arguments.ts';

function request(endpoint: Partial<LoadRequest['endpoint']> = {}): LoadRequest {
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

describe('the arguments of Nighthawk', () => {
  it('are those of an open loop with one worker that does not stop at errors', () => {
    const args = argumentsFor(request(), 20).join(' ');
    for (const part of [
      '--open-loop',
      '--no-default-failure-predicates',
      '--concurrency 1',
      '--rps 200',
      '--connections 8',
      '--duration 20',
      '--max-pending-requests 400',
      '--output-format json',
      '--protocol http1',
      '--request-method GET',
    ]) {
      expect(args).toContain(part);
    }
    expect(args).toMatch(/ -- http:\/\/127\.0\.0\.1:8080\/$/);
  });

  it('take HTTP/2 and whole seconds', () => {
    const args = argumentsFor(request({ protocol: LoadProtocol.http2 }), 0.5).join(' ');
    expect(args).toContain('--protocol http2');
    expect(args).toContain('--duration 1 ');
  });

  it('hold every header as one argument', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const args = argumentsFor(request({ headers: { 'x-any': value } }), 20);
        expect(args[args.indexOf('--request-header') + 1]).toBe(`x-any: ${value}`);
        expect(args).toHaveLength(argumentsFor(request(), 20).length + 2);
      }),
    );
  });
});
