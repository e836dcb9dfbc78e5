import { Arrivals, LoadProtocol, type LoadRequest } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argumentsFor, runsOf } from './arguments.ts';

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

const run = { seconds: 20, resolutionSeconds: 0.0001 };

describe('a trial of Fortio', () => {
  it('is several runs whose buckets end elsewhere, as long as it together', () => {
    const runs = runsOf(request({}));
    expect(runs.map(({ seconds }) => seconds)).toEqual([5, 5, 5, 5]);
    const widths = runs.map(({ resolutionSeconds }) => resolutionSeconds);
    expect(new Set(widths).size).toBe(4);
    expect(Math.max(...widths) / Math.min(...widths)).toBeLessThan(1.25);
    expect(runsOf({ ...request({}), seed: 2 })).not.toEqual(runs);
    expect(runsOf({ ...request({}), seed: 1 })).toEqual(runs);
  });

  it.each([
    [0.4, 1],
    [1, 2],
    [2, 4],
  ])('of %s s is %s runs', (seconds, count) => {
    expect(runsOf({ ...request({}), rate: 160, seconds })).toHaveLength(count);
  });
});

it('is as few runs as it takes for every connection to have the same number of requests', () => {
  const load = { ...request({}), connections: 4, seconds: 1 };
  expect(runsOf({ ...load, rate: 64 })).toHaveLength(2);
  expect(runsOf({ ...load, rate: 60 })).toHaveLength(1);
  expect(runsOf({ ...load, rate: 150, seconds: 20, connections: 8 })).toHaveLength(3);
});

describe('the arguments of Fortio', () => {
  it('are those of a steady rate without catching up', () => {
    const args = argumentsFor(request({}), run).join(' ');
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
    expect(argumentsFor(request(endpoint), run).slice(-end.length)).toEqual(end);
  });

  it('hold every header and the body as one argument each', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, body) => {
        const args = argumentsFor(request({ headers: { 'x-any': value }, body }), run);
        expect(args[args.indexOf('-H') + 1]).toBe(`x-any:${value}`);
        expect(args[args.indexOf('-payload') + 1]).toBe(body);
        expect(args).toHaveLength(argumentsFor(request({ headers: { a: 'b' }, body: 'c' }), run).length);
      }),
    );
  });
});
