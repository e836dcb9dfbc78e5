import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '@meshwright/model';
import { indexEntries } from './index-entries.ts';

try {
  const text = Buffer.from(workerData as Uint8Array).toString('utf8');
  parentPort?.postMessage({ entries: indexEntries(text) });
} catch (error) {
  parentPort?.postMessage({ problem: messageOf(error) });
}
