import { Contrast, MeshwrightError, type Metric } from '@meshwright/model';
import { type Comparison, type Measurement, shareOf, type Trial } from '@meshwright/statistics';
import { z } from 'zod';
import { histogramOf, recordedHistogram } from './recorded-histogram.ts';

const limit = z.strictObject({
  relative: z.number().nonnegative().exactOptional(),
  absolute: z.number().nonnegative().exactOptional(),
});
const metric = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][\w.-]*$/, 'starts with a letter and has letters, digits, dots and dashes'),
  unit: z.string().max(20).exactOptional(),
  limit: limit.exactOptional(),
});
const trial = z.looseObject({ valid: z.boolean() }).nullable();
const block = z.looseObject({
  a: trial,
  b: trial,
  controlA: trial.optional(),
  controlB: trial.optional(),
});
const comparison = z.strictObject({
  id: z.string(),
  contrast: z.enum(Contrast),
  metrics: z.array(metric).min(1),
  blocks: z.array(block),
});
const measurement = z.union([z.number(), recordedHistogram]).nullish();

/**
 * Reads a comparison that was recorded as JSON. An arm that is null, and a metric that a trial lacks, are missing data and
 * no mistake.
 * @throws MeshwrightError INVALID_INPUT when it is no comparison; the message says where.
 */
export function readComparison(text: string): Comparison {
  const { id, contrast, metrics, blocks } = parsed(comparison, jsonOf(text), []);
  refuseTwice(metrics);
  return {
    id,
    contrast,
    metrics,
    blocks: blocks.map(({ a, b, controlA, controlB }, place) => {
      const read = (arm: string, given: z.infer<typeof trial>): Trial =>
        readTrial(given, metrics, ['blocks', place, arm]);
      return {
        a: read('a', a),
        b: read('b', b),
        ...(controlA === undefined ? {} : { controlA: read('controlA', controlA) }),
        ...(controlB === undefined ? {} : { controlB: read('controlB', controlB) }),
      };
    }),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MeshwrightError('INVALID_INPUT', `It is not JSON: ${(error as SyntaxError).message}`);
  }
}

function readTrial(
  given: z.infer<typeof trial>,
  metrics: readonly Metric[],
  path: readonly PropertyKey[],
): Trial {
  const measured: Record<string, Measurement> = {};
  if (given === null) return { valid: false, measured };
  for (const metric of metrics) {
    const value = Object.hasOwn(given, metric.name) ? given[metric.name] : undefined;
    const read = parsed(measurement, value, [...path, metric.name]);
    if (typeof read === 'number') measured[metric.name] = read;
    else if (read) measured[metric.name] = histogramFor(metric, read, path);
  }
  return { valid: given.valid, measured };
}

function histogramFor(
  metric: Metric,
  recorded: z.infer<typeof recordedHistogram>,
  path: readonly PropertyKey[],
): Measurement {
  if (shareOf(metric.name) === undefined) {
    throw refused([...path, metric.name], 'only of a percentile, like p99, can a histogram tell the value');
  }
  const histogram = histogramOf(recorded, metric.unit);
  if (typeof histogram === 'string') throw refused([...path, metric.name], histogram);
  return histogram;
}

function refuseTwice(metrics: readonly Metric[]): void {
  const names = metrics.map(({ name }) => name);
  const twice = names.findIndex((name, place) => names.indexOf(name) !== place);
  if (twice !== -1) throw refused(['metrics', twice, 'name'], `${names[twice] ?? ''} is named twice`);
}

function parsed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  path: readonly PropertyKey[],
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refused([...path, ...(issue?.path ?? [])], issue?.message ?? 'not valid');
}

function refused(path: readonly PropertyKey[], problem: string): MeshwrightError {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  const where = place === '' ? '' : `${place.replace(/^\./, '')}: `;
  return new MeshwrightError('INVALID_INPUT', `${where}${problem}.`);
}
