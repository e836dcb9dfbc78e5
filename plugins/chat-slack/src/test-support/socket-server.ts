import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** The other side of Socket Mode. */
export interface SocketServer {
  /** How many clients have connected so far. */
  connections: number;
  /** What clients have sent, oldest first. */
  received: unknown[];
  send(message: unknown): void;
  /** Closes what is connected, as Slack does when it moves a connection. */
  drop(): void;
}

/**
 * A WebSocket server (RFC 6455) as far as Socket Mode needs one: it greets as Slack does (docs.slack.dev, «Using Socket Mode»),
 * sends texts and reads short ones.
 */
export function serveSockets(server: Server): SocketServer {
  const open = new Set<Duplex>();
  const sockets: SocketServer = {
    connections: 0,
    received: [],
    send(message) {
      for (const socket of open) socket.write(frame(0x1, Buffer.from(JSON.stringify(message))));
    },
    drop() {
      for (const socket of open) socket.destroy();
    },
  };
  server.on('upgrade', ({ headers }, socket: Duplex) => {
    const key = String(headers['sec-websocket-key']);
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    sockets.connections += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => open.delete(socket));
    socket.on('data', (data: Buffer) => {
      for (const { opcode, payload } of frames(data)) {
        if (opcode === 0x8) socket.end(frame(0x8, payload));
        if (opcode === 0x9) socket.write(frame(0xa, payload));
        if (opcode === 0x1) sockets.received.push(JSON.parse(payload.toString()));
      }
    });
    socket.write(frame(0x1, Buffer.from(JSON.stringify({ type: 'hello', num_connections: 1 }))));
  });
  return sockets;
}

function frame(opcode: number, payload: Buffer): Buffer {
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...length]), payload]);
}

/** Frames of a client, which are masked. */
function* frames(data: Buffer): Generator<{ opcode: number; payload: Buffer }> {
  let at = 0;
  while (at + 2 <= data.length) {
    const opcode = data.readUInt8(at) & 0x0f;
    const short = data.readUInt8(at + 1) & 0x7f;
    const start = at + (short === 126 ? 4 : 2);
    const length = short === 126 ? data.readUInt16BE(at + 2) : short;
    const mask = data.subarray(start, start + 4);
    const masked = data.subarray(start + 4, start + 4 + length);
    yield { opcode, payload: Buffer.from(masked.map((byte, place) => byte ^ (mask[place % 4] ?? 0))) };
    at = start + 4 + length;
  }
}
