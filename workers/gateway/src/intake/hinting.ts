import { setTimeout as delay } from 'node:timers/promises';
import { Message, messageOf, workflowId } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import type { Engine } from '../engine.ts';

/** Lets the watches of repositories know that there may be something new. */
export interface Hinting {
  /** Tells a watch to look; many calls at once become few signals. Failures are only logged: the watch looks anyway. */
  hint(repository: string): void;
  stop(): Promise<void>;
}

/** Signals to one workflow are at least this far apart. */
const signalIntervalMs = 1_000;

export interface HintingOptions {
  engine: Engine;
  logger: Logger;
  /** Called for every hint: a watch in the same process looks at once. */
  onHint?: (repository: string) => void;
}

export function startHinting({ engine, logger, onHint }: HintingOptions): Hinting {
  const stopping = new AbortController();
  const pending = new Map<string, Promise<void>>();
  const again = new Set<string>();

  async function signal(repository: string): Promise<void> {
    const handle = engine.client().workflow.getHandle(workflowId.repository(repository));
    await handle.signal(Message.repositoryHint);
    await delay(signalIntervalMs, undefined, { signal: stopping.signal });
  }

  /** The first hint is passed on at once; those that come while it is, as one more. */
  function pass(repository: string): void {
    if (pending.has(repository)) {
      again.add(repository);
      return;
    }
    const sending = signal(repository)
      .catch((error: unknown) => {
        if (stopping.signal.aborted) return;
        logger.warn({ repository, reason: messageOf(error) }, 'hint was not passed on');
      })
      .then(() => {
        pending.delete(repository);
        if (again.delete(repository)) pass(repository);
      });
    pending.set(repository, sending);
  }

  return {
    hint(repository) {
      onHint?.(repository);
      pass(repository);
    },
    async stop() {
      stopping.abort();
      again.clear();
      await Promise.all(pending.values());
    },
  };
}
