import { Arrivals, LatencyClock, LoadProtocol, type LoadRequest, type LoadResult } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import type { LoadCapabilities } from './load.ts';
import { refuseUnable, requireReached, shortfall, starvation } from './load-checks.ts';

const asked: LoadRequest = {
  endpoint: { protocol: LoadProtocol.http1, address: 'http://127.0.0.1:8080/' },
  rate: 200,
  connections: 8,
  warmUpSeconds: 5,
  seconds: 20,
  arrivals: Arrivals.uniform,
  timeoutSeconds: 2,
  seed: 1,
};
const capable: LoadCapabilities = {
  protocols: [LoadProtocol.http1, LoadProtocol.grpc],
  arrivals: [Arrivals.uniform],
  clock: LatencyClock.sent,
};

function refusalOf(request: Partial<LoadRequest>, more: Partial<LoadCapabilities> = {}): unknown {
  try {
    refuseUnable({ title: 'It', capabilities: { ...capable, ...more } }, { ...asked, ...request });
    return undefined;
  } catch (error) {
    return error;
  }
}

function endpoint(more: Partial<LoadRequest['endpoint']>): Partial<LoadRequest> {
  return { endpoint: { ...asked.endpoint, ...more } };
}

describe('what a generator cannot do', () => {
  it('is nothing of what it declares', () => {
    expect(refusalOf({})).toBeUndefined();
    expect(refusalOf(endpoint({ protocol: LoadProtocol.grpc, address: '[::1]:9090' }))).toBeUndefined();
    expect(refusalOf({}, { wholeNumbers: true, leastWarmUpSeconds: 5 })).toBeUndefined();
  });

  it.each([
    [
      'a protocol',
      endpoint({ protocol: LoadProtocol.tcp, address: 'host:1' }),
      {},
      /does not speak tcp/,
      /http1 or grpc/,
    ],
    ['arrivals', { arrivals: Arrivals.poisson }, {}, /poisson arrivals/, /uniform arrivals/],
    ['a fraction', { rate: 12.5 }, { wholeNumbers: true }, /12\.5 is none/, /whole numbers/],
    ['a short warm-up', {}, { leastWarmUpSeconds: 11 }, /a warm-up of 5 s is shorter/, /at least 11 s/],
    [
      'certificates',
      endpoint({ address: 'https://host/' }),
      { trustsAnyCertificate: true },
      /not verify certificates/,
      /http:\/\//,
    ],
  ] as const)('is refused with what to ask for instead: %s', (_, request, capabilities, why, remedy) => {
    expect(refusalOf(request, capabilities)).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(why) as string,
      details: { remedy: expect.stringMatching(remedy) as string },
    });
  });

  it.each(['--help', 'file:///etc/passwd', 'http://', 'host:80', 'http://a b/'])(
    'is an address like %s',
    (address) => {
      expect(refusalOf(endpoint({ address }))).toMatchObject({ code: 'INVALID_INPUT' });
    },
  );

  it('is an option in the place of a host', () => {
    const request = endpoint({ protocol: LoadProtocol.grpc, address: '-insecure' });
    expect(refusalOf(request)).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it.each([
    ['a: b', 'c'],
    ['a', 'b\r\nc: d'],
    ['', 'b'],
  ])('is a header that would be two: %j', (name, value) => {
    expect(refusalOf(endpoint({ headers: { [name]: value } }))).toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('a trial', () => {
  const result = { requests: 10, errors: { connection: 10 } } as unknown as LoadResult;

  it('has failed when no request found a server, and not when one did', () => {
    expect(() => requireReached(result, 'http://a/')).toThrow(
      expect.objectContaining({ code: 'LOAD_UNREACHED' }) as Error,
    );
    expect(() => requireReached({ ...result, errors: { connection: 9 } }, 'http://a/')).not.toThrow();
    expect(() => requireReached({ ...result, requests: 0, errors: {} }, 'http://a/')).not.toThrow();
  });

  it('is not valid below 99 % of the rate, or when its generator had no processor', () => {
    expect(shortfall(200, 198)).toEqual([]);
    expect(shortfall(200, 197)).toEqual(['Only 98.5 % of the requested rate was sent.']);
    const ended = { exitCode: 0, stdout: '', stderr: '' };
    expect(starvation(ended, 10)).toEqual([]);
    expect(starvation({ ...ended, waitedSeconds: 0.4 }, 10)).toEqual([]);
    expect(starvation({ ...ended, waitedSeconds: 2 }, 10)).toEqual([expect.stringContaining('20 %')]);
  });
});
