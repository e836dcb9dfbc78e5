import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
// What the client itself decodes with; raw answers of the service are not decoded by it.
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { type Failure, failureOf } from '@meshwright/model';

/** The values of payloads, decrypted where the client has a codec. */
export function decodeValues(
  client: Client,
  payloads: readonly Payload[] | null | undefined,
): Promise<unknown[]> {
  return decodeArrayFromPayloads(client.options.loadedDataConverter, [...(payloads ?? [])]);
}

type RawFailure = Parameters<typeof decodeOptionalFailureToOptionalError>[1];

/** A failure as the service tells it; undefined where there is none. */
export async function decodeFailure(client: Client, failure: RawFailure): Promise<Failure | undefined> {
  const error = await decodeOptionalFailureToOptionalError(client.options.loadedDataConverter, failure);
  return error === undefined ? undefined : failureOf(error);
}
