import { LoadProtocol } from '@meshwright/model';
import { expect, it } from 'vitest';
import { loopback, toServer } from './fortio-server.ts';

it('sends the same request to another server, at the port of its protocol', () => {
  const http = { protocol: LoadProtocol.http1, address: 'https://shop:8443/cart?delay=20ms', method: 'PUT' };
  expect(toServer(http, 'server.probes')).toEqual({
    ...http,
    address: 'http://server.probes:8080/cart?delay=20ms',
  });
  expect(toServer({ protocol: LoadProtocol.tcp, address: 'shop:90', body: 'x' }, 'server.probes')).toEqual({
    protocol: 'tcp',
    address: 'server.probes:8078',
    body: 'x',
  });
});

it('asks the health of the whole server where it is another one', () => {
  const grpc = { protocol: LoadProtocol.grpc, address: 'shop:90', service: 'shop.Cart' };
  expect(loopback(grpc)).toEqual({ protocol: 'grpc', address: '127.0.0.1:8079' });
});
