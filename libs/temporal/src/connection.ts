import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import { isMeshwrightError, MeshwrightError, messageOf } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import { dataConverterOf, type PayloadEncryption } from './encryption.ts';

/** Where Temporal is, and as whom to speak to it. */
export interface TemporalOptions {
  /** `host:port` of the frontend. */
  address: string;
  namespace: string;
  tls?: TemporalTls;
  /** Asked for the key at every new connection; TLS is used where there is one. */
  apiKey?: () => Promise<string>;
  /** Whether and with what payloads are encrypted before they leave this process. */
  encryption?: PayloadEncryption;
}

/** Files for TLS. Without `ca` the system's authorities are trusted; certificate and key go together. */
export interface TemporalTls {
  ca?: string;
  certificate?: string;
  key?: string;
}

/** A client of one namespace; `close` lets go of its connection. */
export interface TemporalConnection {
  client: Client;
  close(): Promise<void>;
}

/** What both the client's and the worker's connection take. */
export interface ConnectionSettings {
  address: string;
  tls?: TlsSettings | boolean;
  apiKey?: string;
}

interface TlsSettings {
  serverRootCACertificate?: Buffer;
  clientCertPair?: { crt: Buffer; key: Buffer };
}

/** gRPC status codes by number (https://grpc.io/docs/guides/status-codes/). */
export const GrpcStatus = {
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  unimplemented: 12,
  unauthenticated: 16,
} as const;

/** The gRPC status an error carries, if it came from a call. */
export function grpcStatus(error: unknown): number | undefined {
  return isGrpcServiceError(error) ? error.code : undefined;
}

const connectTimeoutMilliseconds = 5_000;

/**
 * A client of the namespace, checked by asking the server for it.
 * @throws MeshwrightError TEMPORAL_UNREACHABLE when nobody answers at the address,
 *   INVALID_CONFIGURATION when the namespace is missing, the credentials are refused, a TLS file cannot be read or an
 *   encryption key cannot be used.
 */
export async function connectTemporal(options: TemporalOptions): Promise<TemporalConnection> {
  const settings = await connectionSettings(options);
  const dataConverter = dataConverterOf(options.encryption);
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ ...settings, connectTimeout: connectTimeoutMilliseconds });
    const { workflowService } = connection;
    await connection.withDeadline(Date.now() + connectTimeoutMilliseconds, () =>
      workflowService.describeNamespace({ namespace: options.namespace }),
    );
  } catch (error) {
    await connection?.close();
    throw describeConnectionError(error, options);
  }
  const { namespace } = options;
  const open = connection;
  return { client: new Client({ connection: open, namespace, dataConverter }), close: () => open.close() };
}

const retryMilliseconds = { first: 500, longest: 5_000 };

/**
 * Like `connectTemporal`, but waits while nobody answers; undefined when the signal ended the wait.
 * @throws MeshwrightError INVALID_CONFIGURATION as `connectTemporal` does.
 */
export async function connectPatiently(
  options: TemporalOptions,
  { logger, signal }: { logger: Logger; signal: AbortSignal },
): Promise<TemporalConnection | undefined> {
  let wait = retryMilliseconds.first;
  while (!signal.aborted) {
    try {
      return await connectTemporal(options);
    } catch (error) {
      if (isMeshwrightError(error) && !error.retryable) throw error;
      logger.warn({ reason: messageOf(error), retryInMilliseconds: wait }, 'waiting for Temporal');
      await delay(wait, undefined, { signal }).catch(() => undefined);
      wait = Math.min(wait * 2, retryMilliseconds.longest);
    }
  }
  return undefined;
}

/**
 * The options with the files of `tls` and the API key read.
 * @throws MeshwrightError INVALID_CONFIGURATION when a file cannot be read or only half of a pair is named.
 */
export async function connectionSettings(options: TemporalOptions): Promise<ConnectionSettings> {
  const { address, tls, apiKey } = options;
  return {
    address,
    ...(apiKey === undefined ? {} : { apiKey: await apiKey(), tls: true }),
    ...(tls === undefined ? {} : { tls: await readTls(tls) }),
  };
}

async function readTls({ ca, certificate, key }: TemporalTls): Promise<TlsSettings> {
  if ((certificate === undefined) !== (key === undefined)) {
    throw new MeshwrightError('INVALID_CONFIGURATION', 'temporal.tls names only one of certificate and key', {
      remedy: 'Name both for mutual TLS, or neither.',
    });
  }
  return {
    ...(ca === undefined ? {} : { serverRootCACertificate: await readTlsFile('ca', ca) }),
    ...(certificate === undefined || key === undefined
      ? {}
      : {
          clientCertPair: {
            crt: await readTlsFile('certificate', certificate),
            key: await readTlsFile('key', key),
          },
        }),
  };
}

async function readTlsFile(name: keyof TemporalTls, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new MeshwrightError(
      'INVALID_CONFIGURATION',
      `temporal.tls.${name}: cannot read ${path}: ${messageOf(error)}`,
      { remedy: `Check that the file exists and that this user may read it.` },
    );
  }
}

/** What went wrong between us and the server, in words that tell an absent server from a refusing one. */
export function describeConnectionError(error: unknown, options: TemporalOptions): MeshwrightError {
  const { address, namespace } = options;
  const status = grpcStatus(error);
  if (status === GrpcStatus.notFound) {
    return new MeshwrightError(
      'INVALID_CONFIGURATION',
      `Temporal at ${address} has no namespace ${namespace}`,
      { remedy: `Create it with: temporal operator namespace create --namespace ${namespace}` },
      { cause: error },
    );
  }
  if (status === GrpcStatus.unauthenticated || status === GrpcStatus.permissionDenied) {
    return new MeshwrightError(
      'INVALID_CONFIGURATION',
      `Temporal at ${address} refuses these credentials for namespace ${namespace}`,
      { remedy: 'Check temporal.apiKey and temporal.tls in meshwright.yaml.' },
      { cause: error },
    );
  }
  return new MeshwrightError(
    'TEMPORAL_UNREACHABLE',
    `Temporal does not answer at ${address}: ${messageOf(error)}`,
    { remedy: `Start it, or correct temporal.address in meshwright.yaml.`, where: address },
    { cause: error },
  );
}
