import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a server of a service has got it. */
export interface ReceivedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** What it answers. */
export interface ServedAnswer {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  /** A text, bytes, or what becomes JSON. */
  body?: unknown;
}

/** How a service is, beside what it answers when all is well. */
export type ServiceMood =
  | { kind: 'well' }
  /** It takes connections and ends them. */
  | { kind: 'down' }
  /** It never answers. */
  | { kind: 'silent' }
  /** It answers after so many milliseconds. */
  | { kind: 'slow'; milliseconds: number }
  /** It answers this, whatever it is asked. */
  | { kind: 'odd'; answer: ServedAnswer };

/** A service on this machine. */
export interface LocalService {
  url: string;
  server: Server;
  /** All requests that came in, oldest first. */
  requests: ReceivedRequest[];
  mood: ServiceMood;
  stop(): Promise<void>;
}

/** A real HTTP server that answers as a service does. */
export async function startLocalService(
  answer: (request: ReceivedRequest) => ServedAnswer | Promise<ServedAnswer>,
): Promise<LocalService> {
  const server = createServer((incoming, response) => void handle(incoming, response));
  const service: LocalService = {
    url: '',
    server,
    requests: [],
    mood: { kind: 'well' },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { mood } = service;
    if (mood.kind === 'down') {
      incoming.destroy();
      return;
    }
    const request = await received(incoming);
    service.requests.push(request);
    if (mood.kind === 'silent') return;
    if (mood.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, mood.milliseconds));
    send(response, mood.kind === 'odd' ? mood.answer : await answer(request));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return service;
}

async function received(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://local');
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    query: searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  };
}

function send(response: ServerResponse, { status = 200, headers = {}, body = '' }: ServedAnswer): void {
  const isPlain = typeof body === 'string' || body instanceof Uint8Array;
  const type = isPlain ? 'text/plain' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(isPlain ? body : JSON.stringify(body));
}
