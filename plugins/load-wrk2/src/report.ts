import type { Histogram } from '@meshwright/model';
import { histogramOfSpectrum } from '@meshwright/plugin-sdk';
import { z } from 'zod';

const microsecondsPerMillisecond = 1_000;
const secondsOf: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3_600 };

const figure = z.coerce.number().nonnegative().max(1e12);
const count = figure.int();
const totals = z.object({ requests: count, time: figure, unit: z.enum(['us', 'ms', 's', 'm', 'h']) });
const socketErrors = z.object({ connect: count, read: count, write: count, timeout: count });
const row = z.object({ value: figure, cumulative: count });

/** The lines of wrk2 that are read (giltene/wrk2, src/wrk.c, main and print_hdr_latency). */
const totalsLine = /^ *(?<requests>\d+) requests in (?<time>\d+\.\d+)(?<unit>[a-z]+), /m;
const rateLine = /^Requests\/sec: +(?<rate>\d+\.\d+)$/m;
const socketLine =
  /^ *Socket errors: connect (?<connect>\d+), read (?<read>\d+), write (?<write>\d+), timeout (?<timeout>\d+)$/m;
const statusLine = /^ *Non-2xx or 3xx responses: (?<status>\d+)$/m;
const rowLine = /^ *(?<value>\d+\.\d+) +\d\.\d+ +(?<cumulative>\d+) +(?:\d+\.\d+|inf)$/gm;
const spectrumHead = 'Latency Distribution (HdrHistogram - ';
const spectrumEnd = '#[Mean';

/**
 * What wrk2 prints. Histograms are in microseconds, and as dense as its spectrum, which has five points between p50 and p75, five
 * more up to p87.5, and so on: p50 and p90 are exact, and p99 is the point at 0.990625.
 */
export interface Report {
  requests: number;
  seconds: number;
  /** Answers a second over all of the time. */
  rate: number;
  connect: number;
  read: number;
  write: number;
  timeout: number;
  /** Answers with a status of 400 or more. */
  status: number;
  latency: Histogram;
  /** From the actual send; absent unless it was asked for. */
  uncorrected?: Histogram;
}

/**
 * Takes the report apart.
 * @throws Error when lines are missing or say what cannot be.
 */
export function parseReport(text: string): Report {
  const { requests, time, unit } = totals.parse(totalsLine.exec(text)?.groups);
  const latency = spectrumOf(text, 'Recorded Latency');
  const uncorrected = spectrumOf(text, 'Uncorrected Latency');
  if (latency === undefined) throw new Error('The percentiles are missing.');
  const noErrors = { connect: 0, read: 0, write: 0, timeout: 0 };
  return {
    requests,
    seconds: time * (secondsOf[unit] ?? 1),
    rate: figure.parse(rateLine.exec(text)?.groups?.rate),
    ...socketErrors.parse(socketLine.exec(text)?.groups ?? noErrors),
    status: count.parse(statusLine.exec(text)?.groups?.status ?? 0),
    latency,
    ...(uncorrected === undefined ? {} : { uncorrected }),
  };
}

/** The differences of a spectrum's running counts; undefined where there is none of that name. */
function spectrumOf(text: string, name: string): Histogram | undefined {
  const start = text.indexOf(`${spectrumHead}${name}`);
  if (start < 0) return undefined;
  const end = text.indexOf(spectrumEnd, start);
  const rows = [...text.slice(start, end < 0 ? undefined : end).matchAll(rowLine)];
  return histogramOfSpectrum(
    rows.map(({ groups }) => {
      const { value, cumulative } = row.parse(groups);
      return { microseconds: value * microsecondsPerMillisecond, cumulative };
    }),
  );
}
