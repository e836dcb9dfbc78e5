import { type LoadEndpoint, LoadProtocol } from '@meshwright/model';

/** Where a `fortio server` answers (fortio.org/fortio, fortio_main.go); on the first it is also asked for trials. */
export const fortioPorts = { http: 8080, grpc: 8079, tcp: 8078 } as const;

/** The same request to a Fortio server that echoes it. */
export function toServer(endpoint: LoadEndpoint, host: string): LoadEndpoint {
  const { protocol, address } = endpoint;
  switch (protocol) {
    case LoadProtocol.grpc:
      return { protocol, address: `${host}:${fortioPorts.grpc}` };
    case LoadProtocol.tcp:
      return { ...endpoint, address: `${host}:${fortioPorts.tcp}` };
    default: {
      const { pathname, search } = new URL(address);
      return { ...endpoint, address: `http://${host}:${fortioPorts.http}${pathname}${search}` };
    }
  }
}

/** The same request of a Fortio server to itself: it goes through no mesh, and feels what the machine does. */
export function loopback(endpoint: LoadEndpoint): LoadEndpoint {
  return toServer(endpoint, '127.0.0.1');
}
