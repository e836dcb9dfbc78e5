import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a server answers: as a Git server, with an error, with a redirection, or not at all. */
export type Behaviour =
  | { kind: 'serve' }
  | { kind: 'status'; status: number }
  | { kind: 'redirect'; to: string }
  | { kind: 'page'; html: string }
  | { kind: 'silent' }
  | { kind: 'cut' };

/** A real smart HTTP server: `git http-backend` as CGI (git-http-backend(1)). */
export interface GitHttpServer {
  /** The address of the directory it serves, with a slash at its end. */
  url: string;
  behaviour: Behaviour;
  /** The requests so far, with their Authorization headers. */
  requests: { url: string; authorization: string | undefined }[];
  /** Connections that are open now. */
  connections(): Promise<number>;
  stop(): Promise<void>;
}

/** Serves the repositories in a directory; with a password, only to those who know it. A port brings one back where it was. */
export async function startGitHttpServer(
  directory: string,
  login?: { username: string; password: string },
  port = 0,
): Promise<GitHttpServer> {
  const expected = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    handle.requests.push({ url: request.url ?? '', authorization: request.headers.authorization });
    if (expected !== undefined && request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    } else answer(handle.behaviour, directory, request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  const handle: GitHttpServer = {
    url: `http://127.0.0.1:${address.port}/`,
    behaviour: { kind: 'serve' },
    requests: [],
    async connections() {
      return new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      });
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return handle;
}

function answer(
  behaviour: Behaviour,
  directory: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (behaviour.kind === 'status') response.writeHead(behaviour.status).end();
  else if (behaviour.kind === 'redirect') {
    response.writeHead(302, { location: behaviour.to + (request.url ?? '').slice(1) }).end();
  } else if (behaviour.kind === 'page') response.writeHead(200).end(behaviour.html);
  else if (behaviour.kind === 'cut' && request.method === 'POST') request.socket.destroy();
  else if (behaviour.kind !== 'silent') runBackend(directory, request, response);
}

function runBackend(directory: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(backend.stdin);
  backend.stdin.on('error', () => undefined);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  backend.on('close', () => respond(Buffer.concat(chunks), response));
}

/** A CGI answer: header lines, an empty line, the body (RFC 3875). */
function respond(output: Buffer, response: ServerResponse): void {
  const end = output.indexOf('\r\n\r\n');
  let status = 200;
  for (const line of output.toString('latin1', 0, Math.max(0, end)).split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'status') status = Number.parseInt(value, 10);
    else if (colon > 0) response.setHeader(name, value);
  }
  response.writeHead(status).end(output.subarray(end + 4));
}
