import { createRecorder, type Recorder } from '@meshwright/histogram';
import type { Histogram } from '@meshwright/model';
import type { Outcome } from './senders/sender.ts';

/** What the measured requests of a trial come to. */
export interface Tally {
  /** A request's turn has come so many milliseconds after it was intended. */
  dispatched(lag: number): void;
  /** A request that was intended for a moment has ended at another. */
  ended(intended: number, at: number, outcome: Outcome): void;
  /** The trial is over and a request has not ended: it counts with the time that was waited for it. */
  unanswered(intended: number, at: number): void;
  /** Requests whose turn has come. */
  requests(): number;
  /** Requests that a connection was free for before the given moment. */
  sentBefore(moment: number): number;
  errors(): Record<string, number>;
  bytes(): number;
  latency: Recorder;
  service: Recorder;
  sendLag: Recorder;
}

/** A tally of nothing yet. */
export function createTally(): Tally {
  const errors = new Map<string, number>();
  const sent: number[] = [];
  let requests = 0;
  let bytes = 0;
  const fail = (error: string): void => void errors.set(error, (errors.get(error) ?? 0) + 1);
  const tally: Tally = {
    latency: createRecorder(),
    service: createRecorder(),
    sendLag: createRecorder(),
    dispatched(lag) {
      requests += 1;
      tally.sendLag.record(lag);
    },
    ended(intended, at, outcome) {
      sent.push(outcome.sentAt);
      bytes += outcome.bytes;
      if (outcome.error !== undefined) fail(outcome.error);
      if (outcome.lost === true) return;
      tally.latency.record(at - intended);
      tally.service.record(at - outcome.sentAt);
    },
    unanswered(intended, at) {
      fail('timeout');
      tally.latency.record(at - intended);
    },
    requests: () => requests,
    sentBefore: (moment) => sent.filter((at) => at <= moment).length,
    errors: () => Object.fromEntries(errors),
    bytes: () => bytes,
  };
  return tally;
}

/** Whatever a recorder holds. */
export function histogramsOf({
  latency,
  service,
  sendLag,
}: Tally): Record<'latency' | 'service' | 'sendLag', Histogram> {
  return { latency: latency.histogram(), service: service.histogram(), sendLag: sendLag.histogram() };
}
