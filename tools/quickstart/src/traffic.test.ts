import { describe, expect, it } from 'vitest';
import { readProof } from './traffic.ts';

const identity = 'spiffe://cluster.local/ns/checkout/sa/client';
const echoed = [
  'HTTP/1.1 200 OK',
  'GET /debug HTTP/1.1',
  `X-Forwarded-Client-Cert: By=spiffe://cluster.local/ns/checkout/sa/server;Hash=ab;Subject="";URI=${identity}`,
].join('\r\n');

describe('the proof of mutual TLS', () => {
  it('is the identity that the server’s sidecar took from the client’s certificate', () => {
    expect(readProof(echoed)).toEqual({ status: '200 OK', caller: identity });
  });

  it('is not given by an answer without that header', () => {
    expect(readProof('HTTP/1.1 200 OK\r\nHost: server:8080\r\n')).toBeUndefined();
  });

  it('is not given by an error', () => {
    expect(readProof('HTTP/1.1 503 Service Unavailable\r\n\r\nupstream connect error')).toBeUndefined();
  });
});
