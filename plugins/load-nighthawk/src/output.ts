import { z } from 'zod';

/** `1.5s`, as protocol buffers write durations in JSON; a day at most. */
const duration = z
  .string()
  .regex(/^\d{1,5}(\.\d{1,9})?s$/)
  .transform((text) => Number(text.slice(0, -1)));
/** 64-bit numbers are strings there. */
const count = z
  .union([z.number(), z.string().regex(/^\d{1,15}$/)])
  .transform(Number)
  .pipe(z.int().nonnegative());

const percentile = z.object({ count, duration: duration.optional() });
const statistic = z.object({ id: z.string(), percentiles: z.array(percentile).default([]) });
const result = z.object({
  name: z.string(),
  statistics: z.array(statistic),
  counters: z.array(z.object({ name: z.string(), value: count })).default([]),
  execution_duration: duration,
});
const release = z.object({ major_number: z.int(), minor_number: z.int(), patch: z.int().default(0) });

/** The parts of Nighthawk's JSON that are read (envoyproxy/nighthawk, api/client/output.proto and options.proto). */
const output = z.object({
  timestamp: z.iso.datetime({ offset: true }),
  options: z.object({ requests_per_second: count.optional(), open_loop: z.boolean().optional() }),
  results: z.array(result),
  version: z.object({ version: release.optional() }).optional(),
});

/** What Nighthawk writes. Durations are in seconds. */
export type NighthawkOutput = z.output<typeof output>;
export type NighthawkResult = z.output<typeof result>;

/** @throws Error when it is none. */
export function parseOutput(text: string): NighthawkOutput {
  return output.parse(JSON.parse(text));
}
