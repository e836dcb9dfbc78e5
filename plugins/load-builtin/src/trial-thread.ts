import { parentPort, workerData } from 'node:worker_threads';
import { isMeshwrightError, type LoadRequest, type LoadResult, messageOf } from '@meshwright/model';
import { runEagerly } from './priority.ts';
import { runTrial } from './trial.ts';

/** What the thread of a trial says at its end; an error loses its class on the way between threads. */
export type TrialAnswer =
  { result: LoadResult } | { error: { code: string; message: string; details: object } };

async function answer(): Promise<TrialAnswer> {
  try {
    return { result: await runTrial(workerData as LoadRequest) };
  } catch (error) {
    if (!isMeshwrightError(error))
      return { error: { code: 'LOAD_FAILED', message: messageOf(error), details: {} } };
    const { code, message, details } = error;
    return { error: { code, message, details } };
  }
}

runEagerly();
parentPort?.postMessage(await answer());
