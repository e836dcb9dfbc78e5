import { leastRequests, type Limit, type Metric, type MetricLimits, MetricName } from '@meshwright/model';
import { z } from 'zod';

const millisecondsOf: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3 };

const shareForm = /^(\d{1,4}(?:\.\d{1,4})?)%$/;
const timeForm = /^(\d{1,6}(?:\.\d{1,4})?)(us|ms|s)$/;
const pointsForm = /^(\d{1,2}(?:\.\d{1,4})?)pp$/;

const shareMessage = 'must be a share such as 10%';
const timeMessage = 'must be a time such as 0.5ms, 250us or 1s';
const pointsMessage = 'must be percentage points such as 0.5pp';
const eitherMessage = 'must be a share such as 10%, or a time such as 2ms';

function textLike(form: RegExp, message: string, title: string): z.ZodString {
  return z.string({ error: message }).meta({ title }).regex(form, message);
}

/** `10%` -> 0.1. */
const share = textLike(shareForm, shareMessage, 'share').transform(shareOf);

/** `0.5ms` -> 0.5, in milliseconds. */
const time = textLike(timeForm, timeMessage, 'time').transform(timeOf);

/** `0.5pp` -> 0.005, as a share. */
const points = textLike(pointsForm, pointsMessage, 'percentage points').transform(pointsOf);

function shareOf(text: string): number {
  return percentOf(shareForm, text);
}

function pointsOf(text: string): number {
  return percentOf(pointsForm, text);
}

function percentOf(form: RegExp, text: string): number {
  return exact(Number(form.exec(text)?.[1]) / 100);
}

function timeOf(text: string): number {
  const [, count, unit = ''] = timeForm.exec(text) ?? [];
  return exact(Number(count) * (millisecondsOf[unit] ?? Number.NaN));
}

/** The decimal that is meant, without what dividing by a power of ten adds to it. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}

const timeLimit = z.strictObject({
  relative: share
    .exactOptional()
    .describe('From which share on it is worse; usually `5%` for `p50` and `10%` for all else.'),
  absolute: time
    .exactOptional()
    .describe('From which difference on it is worse; usually `0.5ms`. Both limits have to be reached.'),
});

const errorLimit = z.strictObject({
  absolute: points
    .exactOptional()
    .describe('By how much the share of errors may grow, in percentage points; usually `0.5pp`.'),
});

/** The limits of a profile, by metric: objects as people write them in, {@link MetricLimits} out. */
export const profileLimits = z
  .strictObject({
    p50: timeLimit.exactOptional().describe('Half of the requests take so long or less.'),
    p90: timeLimit.exactOptional().describe('Nine in ten take so long or less.'),
    p99: timeLimit
      .exactOptional()
      .describe('99 in a hundred take so long or less; a trial needs 3000 requests for it.'),
    'p99.9': timeLimit
      .exactOptional()
      .describe('999 in a thousand take so long or less; a trial needs 30000 requests for it.'),
    cpu: timeLimit
      .exactOptional()
      .describe(
        'Processor time of the proxies for a thousand requests; measured where pods of the cluster send, without a control.',
      ),
    errorRate: errorLimit.exactOptional().describe('The share of requests without a good answer.'),
  } satisfies Record<MetricName, z.ZodType>)
  .refine((limits) => Object.keys(limits).length > 0, {
    error: 'must name at least one metric, such as p99: {}',
    // A metric that is misspelt is told by itself.
    when: ({ issues }) => issues.length === 0,
  });

const gateLimit = textLike(
  /^(?:\d{1,4}(?:\.\d{1,4})?%|\d{1,6}(?:\.\d{1,4})?(?:us|ms|s))$/,
  eitherMessage,
  'limit',
)
  .transform((text): Partial<Limit> =>
    text.endsWith('%') ? { relative: shareOf(text) } : { absolute: timeOf(text) },
  )
  .exactOptional();

/** The limits of a gate, by metric, each one text: `10%`, `2ms`, or `0.5pp` of errors. */
export const gateLimits = z.strictObject({
  p50: gateLimit.describe('How much worse half of the requests may be.'),
  p90: gateLimit.describe('How much worse nine in ten may be.'),
  p99: gateLimit.describe('How much worse 99 in a hundred may be.'),
  'p99.9': gateLimit.describe('How much worse 999 in a thousand may be.'),
  cpu: gateLimit.describe('How much more processor time of the proxies a thousand requests may take.'),
  errorRate: points
    .transform((absolute): Partial<Limit> => ({ absolute }))
    .exactOptional()
    .describe('By how much the share of errors may grow, in percentage points.'),
} satisfies Record<MetricName, z.ZodType>);

/** The limits as people write them in a profile; the reverse of {@link profileLimits}. */
export function limitsDocument(limits: MetricLimits): Record<string, Record<string, string>> {
  const document: Record<string, Record<string, string>> = {};
  for (const metric of Object.values(MetricName)) {
    const limit = limits[metric];
    if (limit === undefined) continue;
    const { relative, absolute } = limit;
    const text = metric === MetricName.errorRate ? pointsText : timeText;
    document[metric] = {
      ...(relative === undefined ? {} : { relative: `${exact(relative * 100)}%` }),
      ...(absolute === undefined ? {} : { absolute: text(absolute) }),
    };
  }
  return document;
}

function pointsText(share: number): string {
  return `${exact(share * 100)}pp`;
}

/** In the first unit that needs no more digits than are read. */
function timeText(milliseconds: number): string {
  const texts = ['ms', 's', 'us'].map(
    (unit) => `${exact(milliseconds / (millisecondsOf[unit] ?? 1))}${unit}`,
  );
  return texts.find((text) => timeForm.test(text)) ?? `${milliseconds}ms`;
}

/** The limits that hold: of each metric, what the gate says, and else what the profile says. */
export function limitsTogether(profile: MetricLimits, gate: MetricLimits): MetricLimits {
  const together: MetricLimits = {};
  for (const metric of Object.values(MetricName)) {
    if (profile[metric] === undefined && gate[metric] === undefined) continue;
    together[metric] = { ...profile[metric], ...gate[metric] };
  }
  return together;
}

/** What limits come to: the metrics that trials of load tell, the share of errors, and what nobody measures. */
export interface JudgedLimits {
  metrics: Metric[];
  /** By how much the share of requests without a good answer may grow; as usual when absent. */
  errorMargin?: number;
  unmeasured: MetricName[];
}

/** The limits as they are judged. What proxies use is measured where every trial is sent from a pod of the cluster. */
export function judgedLimits(limits: MetricLimits, { fromPods }: { fromPods: boolean }): JudgedLimits {
  const wanted = Object.values(MetricName).filter((metric) => limits[metric] !== undefined);
  const metrics = wanted.filter(
    (metric) => metric in leastRequests || (fromPods && metric === MetricName.cpu),
  );
  const margin = limits[MetricName.errorRate]?.absolute;
  return {
    metrics: metrics.map((metric): Metric => ({ name: metric, unit: 'ms', limit: limits[metric] ?? {} })),
    ...(margin === undefined ? {} : { errorMargin: margin }),
    unmeasured: wanted.filter((metric) => !metrics.includes(metric) && metric !== MetricName.errorRate),
  };
}
