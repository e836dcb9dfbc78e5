import { isMeshwrightError, MeshwrightError, messageOf } from '@meshwright/model';
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/** An open database, and what differs between the kinds of them. */
export interface Backend {
  kysely: Kysely<Schema>;
  /** Where it is, for people; without credentials. */
  where: string;
  /** The type, in SQL, of a text that is compared byte by byte. */
  keyType: string;
  /** Makes others that migrate wait until the transaction ends. */
  lockMigrations: (transaction: Transaction<Schema>) => Promise<void>;
}

/**
 * What an action gives.
 * @throws MeshwrightError RESULTS_UNAVAILABLE in place of what the database threw.
 */
export async function guarded<T>(where: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (isMeshwrightError(error)) throw error;
    throw new MeshwrightError(
      'RESULTS_UNAVAILABLE',
      `The results database ${where} failed: ${reasonOf(error)}.`,
      {
        where,
        remedy: 'Check `results` in meshwright.yaml, and that the database can be reached and written.',
      },
      { cause: error },
    );
  }
}

/** Where a name has several addresses and none answers, the error of all has no message of its own. */
function reasonOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return messageOf(first);
}
