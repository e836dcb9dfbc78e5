import type { Client } from '@temporalio/client';
import { MeshwrightError } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import { connectPatiently, type TemporalOptions } from '@meshwright/temporal';

/** Temporal, as soon as it is there. */
export interface Engine {
  /** Settled when Temporal is there; rejected when it can never be. */
  readonly ready: Promise<void>;
  /** @throws MeshwrightError TEMPORAL_UNREACHABLE while it is not there yet. */
  client(): Client;
  close(): Promise<void>;
}

/** Waits for Temporal in the background. */
export function openEngine(temporal: TemporalOptions, logger: Logger): Engine {
  const stopping = new AbortController();
  let client: Client | undefined;
  const opening = connectPatiently(temporal, { logger, signal: stopping.signal });
  const ready = opening.then((connection) => {
    client = connection?.client;
  });
  ready.catch(() => undefined);
  return {
    ready,
    client() {
      if (client !== undefined) return client;
      throw new MeshwrightError(
        'TEMPORAL_UNREACHABLE',
        `Temporal does not answer at ${temporal.address} yet.`,
        {
          remedy: 'Start it, or correct temporal.address in meshwright.yaml.',
        },
      );
    },
    async close() {
      stopping.abort();
      client = undefined;
      await (await opening.catch(() => undefined))?.close();
    },
  };
}
