import { createServer as createHttp1Server } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { LoadProtocol } from '@meshwright/model';
import type { Behaviour, ServerMessage } from './behaviour.ts';

/*
 * A server in a thread of its own, so that whoever measures it does not wait for the measuring side's event loop. It ends
 * with its thread.
 */
const { protocol, delayMilliseconds = 0, stall, failEvery, hangs = false } = workerData as Behaviour;
let requests = 0;
let firstAt: number | undefined;

/** Resolves when the next answer is due; true when it is a good one. */
async function due(): Promise<boolean> {
  requests += 1;
  const good = failEvery === undefined || requests % failEvery !== 0;
  firstAt ??= performance.now();
  if (hangs) await new Promise(() => undefined);
  if (delayMilliseconds > 0) await delay(delayMilliseconds);
  const since = performance.now() - firstAt;
  if (stall !== undefined && since >= stall.afterMilliseconds) {
    const left = stall.afterMilliseconds + stall.milliseconds - since;
    if (left > 0) await delay(left);
  }
  return good;
}

const servers: Record<LoadProtocol, () => Server> = {
  [LoadProtocol.http1]: () =>
    createHttp1Server((request, response) => {
      request.resume();
      void due().then((good) => response.writeHead(good ? 200 : 503).end('answer'));
    }),
  [LoadProtocol.http2]: () =>
    createHttp2Server().on('stream', (stream: ServerHttp2Stream) => {
      stream.resume().on('error', () => undefined);
      void due().then((good) => {
        if (stream.destroyed) return;
        stream.respond({ ':status': good ? 200 : 503 });
        stream.end('answer');
      });
    }),
  [LoadProtocol.grpc]: () =>
    createHttp2Server().on('stream', (stream: ServerHttp2Stream) => {
      stream.resume().on('error', () => undefined);
      void due().then((good) => {
        if (!stream.destroyed) answerGrpc(stream, good);
      });
    }),
  [LoadProtocol.tcp]: () =>
    createTcpServer({ noDelay: true }, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        void due().then((good) => (good ? socket.write(chunk) : socket.destroy()));
      });
    }),
};

/** `HealthCheckResponse { status: SERVING }`, and the status of the call as a trailer. */
function answerGrpc(stream: ServerHttp2Stream, good: boolean): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': good ? '0' : '14' }));
  stream.end(good ? Buffer.from([0, 0, 0, 0, 2, 0x08, 0x01]) : undefined);
}

const tell = (message: ServerMessage): void => parentPort?.postMessage(message);
const server = servers[protocol]();
server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }));
parentPort?.on('message', () => tell({ requests }));
