import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AdminAccess, requestTo } from './access.ts';
import { isWrite, seen, type SeenRequest } from './requests.ts';
import { type ArmedRule, Rules, type Rule, type Strike } from './rules.ts';

/** A write that passed through, with what the API server answered. */
export interface SeenWrite extends SeenRequest {
  /** Milliseconds since 1970, when the request came. */
  at: number;
  /** Absent where no answer came. */
  status: number | undefined;
  /** As the body says; undefined where it has none. */
  kind: string | undefined;
}

/** Stands between the engine and the API server; authenticates as the administrator. */
export interface FaultProxy {
  /** Plain HTTP on loopback. */
  url: string;
  /** Every write since the last `forget`, dry runs excepted, in the order of their coming. */
  writes: readonly SeenWrite[];
  forget(): void;
  arm(rule: Rule): ArmedRule;
  /** From now on every connection breaks; gives what is settled by the first that does. */
  goAway(): Promise<void>;
  comeBack(): void;
  stop(): Promise<void>;
}

/** Says what is answered instead of by the API server; undefined lets it answer by itself. */
export type Answerer = (request: SeenRequest) => string | undefined;

/** Starts the proxy on a port of its own. */
export async function startFaultProxy(access: AdminAccess, answerer?: Answerer): Promise<FaultProxy> {
  const proxy = new Proxy(access, answerer);
  await proxy.listen();
  return proxy;
}

class Proxy implements FaultProxy {
  url = '';
  writes: SeenWrite[] = [];
  readonly #access: AdminAccess;
  readonly #answerer: Answerer;
  readonly #rules = new Rules();
  readonly #server: Server;
  #away: (() => void) | undefined;

  constructor(access: AdminAccess, answerer: Answerer = () => undefined) {
    this.#access = access;
    this.#answerer = answerer;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
    this.#server.keepAliveTimeout = 120_000;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  forget(): void {
    this.writes = [];
  }

  arm(rule: Rule): ArmedRule {
    return this.#rules.arm(rule);
  }

  goAway(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#away = () => {
      resolve(undefined);
    };
    this.#server.closeAllConnections();
    return promise;
  }

  comeBack(): void {
    this.#away = undefined;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#away !== undefined) {
      this.#away();
      response.destroy();
      return;
    }
    const line = seen(request);
    const body = await readAll(request);
    const strike = this.#rules.strikeOf(line);
    if (strike?.kind === 'meanwhile') await strike.first();
    if (strike?.kind === 'expire' && line.watch) {
      expire(response);
      return;
    }
    const simulated = this.#answerer(line);
    if (simulated !== undefined) {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(simulated);
      return;
    }
    const write = isWrite(line) ? this.#note(line, body) : undefined;
    if (strike?.kind === 'answer') {
      if (write !== undefined) write.status = strike.status;
      refuse(response, strike.status);
      return;
    }
    if (strike?.kind === 'cut' && strike.when === 'before') {
      await strike.first?.();
      response.destroy();
      return;
    }
    await this.#forward({ request, body, response, write, strike });
  }

  #note(line: SeenRequest, body: Buffer): SeenWrite {
    const write = { ...line, at: Date.now(), status: undefined, kind: kindIn(body) };
    this.writes.push(write);
    return write;
  }

  async #forward({ request, body, response, write, strike }: Exchange): Promise<void> {
    const answer = await this.#ask(request, body, response);
    if (write !== undefined) write.status = answer.statusCode;
    if (strike?.kind === 'silence') {
      answer.resume();
      return;
    }
    if (strike?.kind === 'cut') {
      await readAll(answer);
      await strike.first?.();
      response.destroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    response.flushHeaders();
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  }

  /** The answer of the API server; the request is given up when the client is gone. */
  async #ask(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<IncomingMessage> {
    const headers = endToEnd(request.headers);
    const { method, url: path } = request;
    return new Promise((resolve, reject) => {
      const upstream = requestTo(this.#access, { method, path, headers }, resolve);
      upstream.on('error', reject);
      response.on('close', () => upstream.destroy());
      upstream.end(body);
    });
  }
}

interface Exchange {
  request: IncomingMessage;
  body: Buffer;
  response: ServerResponse;
  write: SeenWrite | undefined;
  strike: Strike | undefined;
}

/** Without what is about one connection (RFC 9110, 7.6.1). */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const ofConnection = ['connection', 'keep-alive', 'transfer-encoding', 'host'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.includes(name)));
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function kindIn(body: Buffer): string | undefined {
  try {
    return (JSON.parse(body.toString('utf8')) as { kind?: string }).kind;
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, code: number): void {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message: 'injected by chaos' };
  const headers = { 'content-type': 'application/json', ...(code === 429 ? { 'retry-after': '1' } : {}) };
  response.writeHead(code, headers).end(JSON.stringify(status));
}

/** As the API server says it: a watch event of type ERROR with a Status, and the end of the stream. */
function expire(response: ServerResponse): void {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'Expired',
    code: 410,
    message: 'too old resource version (injected by chaos)',
  };
  const event = { type: 'ERROR', object: status };
  response.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(event)}\n`);
}
