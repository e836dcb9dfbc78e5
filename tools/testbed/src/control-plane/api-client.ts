import { readFile } from 'node:fs/promises';
import { request } from 'node:https';

import { MeshwrightError } from '@meshwright/model';

import type { Condition } from '../wait.ts';
import type { Authority, KeyPairFiles } from './certificates.ts';

/** One server that shows a certificate of the testbed's authority, and who calls it. */
export interface ApiConnection {
  readonly server: string;
  readonly certificateAuthority: string;
  readonly certificate: string;
  readonly key: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const CALL_SECONDS = 15;

export async function connectionOf(
  server: string,
  authority: Authority,
  client: KeyPairFiles,
): Promise<ApiConnection> {
  const [certificate, key] = await Promise.all([
    readFile(client.certificate, 'utf8'),
    readFile(client.key, 'utf8'),
  ]);
  return { server, certificateAuthority: authority.certificate, certificate, key };
}

/** Calls a server over verified TLS, with a connection of its own. */
export function callApi(connection: ApiConnection, path: string, call: ApiCall = {}): Promise<ApiAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
  const timeout = AbortSignal.timeout(CALL_SECONDS * 1000);
  const outgoing = request(
    new URL(path, connection.server),
    {
      method: call.method ?? 'GET',
      ca: connection.certificateAuthority,
      cert: connection.certificate,
      key: connection.key,
      agent: false,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      signal: call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]),
    },
    (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > MAX_BODY_BYTES)
          incoming.destroy(new Error(`${path} answered more than ${MAX_BODY_BYTES} bytes`));
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      });
    },
  );
  outgoing.on('error', reject);
  outgoing.end(call.body === undefined ? undefined : JSON.stringify(call.body));
  return promise;
}

/**
 * Creates an object; one that is there already is left as it is.
 *
 * @throws MeshwrightError `API_REFUSED` on any other answer than created or conflict.
 */
export async function createObject(connection: ApiConnection, path: string, object: object): Promise<void> {
  const { status, body } = await callApi(connection, path, { method: 'POST', body: object });
  if (status === 201 || status === 200 || status === 409) return;
  throw new MeshwrightError(
    'API_REFUSED',
    `creating an object at ${path} answered ${status}: ${body.slice(0, 500)}`,
  );
}

/** Holds when a path answers 200. */
export function answersOk(connection: ApiConnection, path: string): Condition {
  return async (signal) => {
    try {
      const { status, body } = await callApi(connection, path, { signal });
      return status === 200 ? undefined : `${path} answered ${status}: ${body.slice(0, 300)}`;
    } catch (error) {
      return `${path}: ${error instanceof Error ? error.message : 'no answer'}`;
    }
  };
}
