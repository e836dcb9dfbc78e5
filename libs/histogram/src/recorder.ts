import type { Histogram } from '@meshwright/model';
import { bucketsOf, emptyHdr, recordable } from './hdr.ts';

/** Takes times and gives their histogram. */
export interface Recorder {
  record(milliseconds: number): void;
  /** In microseconds; NaN while there is nothing. */
  percentile(percent: number): number;
  /** In microseconds. */
  histogram(): Histogram;
}

/** A recorder of times from a microsecond to an hour, exact to three digits; what lies outside counts as its end. */
export function createRecorder(): Recorder {
  const counts = emptyHdr();
  return {
    record: (milliseconds) => counts.recordValue(recordable(milliseconds * 1_000)),
    percentile: (percent) => (counts.totalCount === 0 ? Number.NaN : counts.getValueAtPercentile(percent)),
    histogram: () => bucketsOf(counts),
  };
}
