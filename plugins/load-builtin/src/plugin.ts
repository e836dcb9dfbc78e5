import { Worker } from 'node:worker_threads';
import {
  Arrivals,
  type ErrorCode,
  LatencyClock,
  LoadProtocol,
  type LoadRequest,
  type LoadResult,
  MeshwrightError,
} from '@meshwright/model';
import { type LoadPlugin, refuseUnable } from '@meshwright/plugin-sdk';
import { generator } from './generator.ts';
import type { TrialAnswer } from './trial-thread.ts';

const capabilities = {
  protocols: Object.values(LoadProtocol),
  arrivals: Object.values(Arrivals),
  clock: LatencyClock.intended,
};

/** Load from a thread of this process. */
export const builtin: LoadPlugin = {
  id: generator.id,
  title: 'Built-in open-loop load generator',
  capabilities,
  unavailable: () => Promise.resolve(undefined),
  async run(request, { signal }) {
    refuseUnable(builtin, request);
    return inThread(request, signal);
  },
};

function inThread(request: LoadRequest, signal: AbortSignal): Promise<LoadResult> {
  signal.throwIfAborted();
  const thread = new Worker(new URL('./trial-thread.ts', import.meta.url), { workerData: request });
  const ended = new Promise<LoadResult>((resolve, reject) => {
    thread.once('message', (answer: TrialAnswer) => {
      if ('result' in answer) resolve(answer.result);
      else reject(errorOf(answer.error));
    });
    thread.once('error', reject);
    thread.once('exit', () =>
      reject(errorOf({ code: 'LOAD_FAILED', message: 'The thread of the trial ended.', details: {} })),
    );
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return ended.finally(() => thread.terminate());
}

function errorOf({
  code,
  message,
  details,
}: {
  code: string;
  message: string;
  details: object;
}): MeshwrightError {
  return new MeshwrightError(code as ErrorCode, message, details);
}
