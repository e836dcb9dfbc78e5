import type { Histogram } from '@meshwright/model';
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, JsHistogram } from 'hdr-histogram-js';

/** Up to an hour of microseconds, and what a bucket may be off: one in a thousand. */
const shape = {
  lowestDiscernibleValue: 1,
  highestTrackableValue: 3_600_000_000,
  numberOfSignificantValueDigits: 3,
  useWebAssembly: false,
} as const;

/** An empty histogram of microseconds. */
export function emptyHdr(): JsHistogram {
  return javascriptOf(build(shape));
}

/** A whole number of microseconds that the histogram can hold. */
export function recordable(microseconds: number): number {
  return Math.min(shape.highestTrackableValue, Math.max(1, Math.round(microseconds)));
}

/** The buckets that hold something. */
export function bucketsOf({ recordedValuesIterator: values }: JsHistogram): Histogram {
  const buckets: { upTo: number; count: number }[] = [];
  values.reset();
  while (values.hasNext()) {
    const { valueIteratedTo, countAddedInThisIterationStep } = values.next();
    buckets.push({ upTo: valueIteratedTo, count: countAddedInThisIterationStep });
  }
  return { buckets };
}

/** A histogram as HdrHistogram's tools exchange it: compressed, version 2, in base64. Bounds become whole numbers. */
export function encodeHdr({ buckets }: Histogram): string {
  const hdr = emptyHdr();
  for (const { upTo, count } of buckets) hdr.recordValueWithCount(recordable(upTo), count);
  return encodeIntoCompressedBase64(hdr);
}

/** The histogram in such a text; throws an Error when it is none. */
export function decodeHdr(text: string): Histogram {
  return bucketsOf(javascriptOf(decodeFromCompressedBase64(text, 32, false)));
}

function javascriptOf(histogram: unknown): JsHistogram {
  if (histogram instanceof JsHistogram) return histogram;
  throw new Error('The histogram is not of the kind that was asked for.');
}
