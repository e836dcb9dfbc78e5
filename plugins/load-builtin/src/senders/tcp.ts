import { connect, type Socket } from 'node:net';
import type { LoadRequest } from '@meshwright/model';
import { now } from '../clock.ts';
import { createSlots } from './slots.ts';
import { lost, type Outcome, type Sender, timedOut } from './sender.ts';

interface Connection {
  socket: Socket | undefined;
}

/** TCP: each connection sends the bytes and waits until as many have come back. */
export function createTcpSender({ endpoint, connections, timeoutSeconds }: LoadRequest): Sender {
  const { host, port } = addressOf(endpoint.address);
  const payload = Buffer.from(endpoint.body ?? 'meshwright\n', 'utf8');
  const all = Array.from({ length: connections }, (): Connection => ({ socket: undefined }));
  const slots = createSlots(all);
  const exchange = (connection: Connection): Promise<Outcome> => {
    if (connection.socket === undefined || connection.socket.destroyed) {
      connection.socket = connect({ host, port, noDelay: true });
    }
    return echo(connection.socket, payload, timeoutSeconds);
  };
  return {
    open: () => Promise.all(all.map(exchange)),
    async send() {
      const connection = await slots.take();
      const outcome = await exchange(connection);
      slots.give(connection);
      return outcome;
    },
    close() {
      for (const { socket } of all) socket?.destroy();
    },
  };
}

/** A late answer would be taken for the next one's: a connection that was given up is closed. */
function echo(socket: Socket, payload: Buffer, timeoutSeconds: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const sentAt = now();
    let bytes = 0;
    const end = (outcome: Outcome): void => {
      clearTimeout(timer);
      socket.off('data', take).off('error', fail).off('close', fail);
      if (outcome.error !== undefined) socket.on('error', () => undefined).destroy();
      resolve(outcome);
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes >= payload.length) end({ sentAt, bytes });
    };
    const fail = (): void => end(lost(sentAt));
    const timer = setTimeout(() => end(timedOut(sentAt)), timeoutSeconds * 1_000);
    socket.on('data', take).on('error', fail).on('close', fail);
    socket.write(payload);
  });
}

/** `host:port`, with brackets around an IPv6 address. */
function addressOf(address: string): { host: string; port: number } {
  const { hostname, port } = new URL(`tcp://${address}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}
