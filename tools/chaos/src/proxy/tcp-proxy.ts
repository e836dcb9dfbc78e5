import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Passes bytes on to an address, until it is told to cut. */
export interface TcpProxy {
  /** `host:port`. */
  address: string;
  /** Breaks every connection and refuses new ones; gives how many broke. */
  cut(): number;
  mend(): void;
  stop(): Promise<void>;
}

/** Starts a proxy before an address, on a port of its own. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const colon = target.lastIndexOf(':');
  const [host, port] = [target.slice(0, colon), Number(target.slice(colon + 1))];
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect({ host, port });
    open.add(client);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        open.delete(client);
      });
      from.pipe(to);
    }
  });
  const address = await listen(server);
  const breakAll = (): number => {
    const broken = open.size;
    for (const socket of open) socket.destroy();
    return broken;
  };
  return {
    address,
    cut() {
      isCut = true;
      return breakAll();
    },
    mend() {
      isCut = false;
    },
    async stop() {
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
