import { decodeHdr } from '@meshwright/histogram';
import type { Histogram } from '@meshwright/model';
import { z } from 'zod';

const bucket = z.strictObject({ upTo: z.number().nonnegative(), count: z.int().nonnegative() });

/** A histogram as comparisons carry it: buckets as they are, or in the encoding that HdrHistogram's tools share. */
export const recordedHistogram = z.union([
  z.strictObject({ buckets: z.array(bucket).max(100_000) }),
  z.strictObject({ hdr: z.string().max(1_000_000), unit: z.enum(['ns', 'us', 'ms', 's']).optional() }),
]);

const inNanoseconds: Record<string, number> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

/** The histogram in the unit of a metric, or what is wrong with it. */
export function histogramOf(
  recorded: z.infer<typeof recordedHistogram>,
  unit: string | undefined,
): Histogram | string {
  if ('buckets' in recorded) {
    const { buckets } = recorded;
    const ordered = buckets.every(({ upTo }, place) => place === 0 || upTo > (buckets[place - 1]?.upTo ?? 0));
    return ordered ? recorded : 'the buckets are not in the order of their bounds';
  }
  const factor = factorOf(recorded.unit, unit);
  if (factor === undefined) {
    return `a histogram in ${recorded.unit ?? ''} cannot be had in ${unit ?? 'no unit'}`;
  }
  return decoded(recorded.hdr, factor);
}

function factorOf(from: string | undefined, to: string | undefined): number | undefined {
  if (from === undefined || from === to) return 1;
  const [here, there] = [inNanoseconds[from], inNanoseconds[to ?? '']];
  return here === undefined || there === undefined ? undefined : here / there;
}

function decoded(text: string, factor: number): Histogram | string {
  try {
    const { buckets } = decodeHdr(text);
    return { buckets: buckets.map(({ upTo, count }) => ({ upTo: upTo * factor, count })) };
  } catch {
    return 'this is no compressed HdrHistogram in base64';
  }
}
