import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionLike } from '@temporalio/client';
import { MeshwrightError, SearchAttribute } from '@meshwright/model';
import { describeConnectionError, grpcStatus, GrpcStatus, type TemporalOptions } from './connection.ts';

/** `IndexedValueType` of the Temporal API: a string that is matched whole. */
const keyword = 2;
const names: readonly string[] = Object.values(SearchAttribute);

/**
 * Registers the search attributes that are missing in the namespace, and waits until the server lists them.
 * Safe to repeat and to run from several processes at once.
 * @throws MeshwrightError INVALID_CONFIGURATION when one exists with another type, or when these credentials may
 *   not register any (Temporal Cloud: its own tool does it); TEMPORAL_UNREACHABLE when nobody answers.
 */
export async function ensureSearchAttributes(
  connection: ConnectionLike,
  options: Pick<TemporalOptions, 'address' | 'namespace'>,
): Promise<void> {
  const { namespace } = options;
  try {
    let missing = await missingAttributes(connection, namespace);
    if (missing.length === 0) return;
    await addAttributes(connection, namespace, missing);
    const deadline = performance.now() + 10_000;
    for (missing = await missingAttributes(connection, namespace); missing.length > 0;) {
      if (performance.now() > deadline)
        throw new Error(`it does not list ${missing.join(', ')} after adding them`);
      await delay(100);
      missing = await missingAttributes(connection, namespace);
    }
  } catch (error) {
    throw describeRefusal(error, options);
  }
}

async function missingAttributes(connection: ConnectionLike, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  for (const name of names) {
    const type = customAttributes[name];
    if (type !== undefined && (type as number) !== keyword) {
      throw new MeshwrightError(
        'INVALID_CONFIGURATION',
        `The search attribute ${name} of namespace ${namespace} is not a Keyword`,
        { remedy: `Rename it with: temporal operator search-attribute rename, or use another namespace.` },
      );
    }
  }
  return names.filter((name) => customAttributes[name] === undefined);
}

async function addAttributes(
  connection: ConnectionLike,
  namespace: string,
  missing: string[],
): Promise<void> {
  try {
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, keyword]));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    // Another process was faster; the listing that follows tells whether all are there.
    if (grpcStatus(error) === GrpcStatus.alreadyExists) return;
    throw error;
  }
}

function describeRefusal(error: unknown, options: Pick<TemporalOptions, 'address' | 'namespace'>): unknown {
  if (error instanceof MeshwrightError) return error;
  const status = grpcStatus(error);
  const refused: (number | undefined)[] = [GrpcStatus.permissionDenied, GrpcStatus.unimplemented];
  if (!refused.includes(status)) return describeConnectionError(error, options);
  return new MeshwrightError(
    'INVALID_CONFIGURATION',
    `Search attributes cannot be registered in namespace ${options.namespace} with these credentials`,
    { remedy: `Create them as Keyword attributes by hand: ${names.join(', ')}.` },
    { cause: error },
  );
}
