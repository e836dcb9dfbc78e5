import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

/** A way to an API server that takes time. */
export interface Distance {
  /** As the one given, but with the way's address. */
  kubeconfig: string;
  close(): Promise<void>;
}

/**
 * Puts a network of a round trip time between clients and an API server on this machine: what either side sends arrives
 * half of it later. Bandwidth and the connection's own handshake are not slowed.
 */
export async function openDistance(
  kubeconfig: string,
  { milliseconds, directory }: { milliseconds: number; directory: string },
): Promise<Distance> {
  const document = parseDocument(await readFile(kubeconfig, 'utf8'));
  const path = ['clusters', 0, 'cluster', 'server'];
  const server = new URL(String(document.getIn(path)));
  const proxy = await openDelayingProxy(
    { host: server.hostname, port: Number(server.port) },
    milliseconds / 2,
  );
  server.port = String(proxy.port);
  server.hostname = '127.0.0.1';
  document.setIn(path, server.origin);
  const changed = join(directory, 'distant.kubeconfig');
  await writeFile(changed, document.toString(), { mode: 0o600 });
  return { kubeconfig: changed, close: () => proxy.close() };
}

/** Passes connections on to an address, each piece so many milliseconds later. */
export async function openDelayingProxy(
  target: { host: string; port: number },
  milliseconds: number,
): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const proxy = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ ...target, allowHalfOpen: true });
    for (const socket of [near, far]) {
      sockets.add(socket.setNoDelay(true));
      socket.on('close', () => sockets.delete(socket));
    }
    pass(near, far, milliseconds);
    pass(far, near, milliseconds);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

/** Timers of one length end in the order they began, so that the pieces keep theirs. */
function pass(from: Socket, to: Socket, milliseconds: number): void {
  from.on('data', (piece: Buffer) => setTimeout(() => to.writable && to.write(piece), milliseconds));
  from.on('end', () => setTimeout(() => to.end(), milliseconds));
  from.on('error', () => to.destroy());
}
