import { type MessagePort, workerData } from 'node:worker_threads';
import { now } from './clock.ts';
import { runEagerly } from './priority.ts';

/** What a ticker is started with. */
export interface TickerData {
  /** Milliseconds from the start. */
  times: Float64Array;
  begun: number;
  port: MessagePort;
}

/*
 * A thread of its own that sleeps until the next request is due and says so. Timers of an event loop are exact to a
 * millisecond at best; a wait on memory that nobody changes ends within some fifty microseconds, and costs no processor
 * while it lasts.
 */
runEagerly();
const { times, begun, port } = workerData as TickerData;
const never = new Int32Array(new SharedArrayBuffer(4));
for (const [place, time] of times.entries()) {
  const wait = begun + time - now();
  if (wait > 0) Atomics.wait(never, 0, 0, wait);
  const following = times[place + 1];
  // What is due already goes with the next one, in one message.
  if (following === undefined || begun + following > now()) port.postMessage(place);
}
port.close();
