import { z } from 'zod';

/**
 * A name that Kubernetes, Temporal and file systems all take: a DNS label (RFC 1123), at most 63 characters.
 */
export function dnsLabel(): z.ZodString {
  return z
    .string()
    .min(1)
    .max(63)
    .regex(
      /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/,
      'must be lower-case letters, digits and hyphens, with a letter or digit at both ends',
    );
}

const labelName = z
  .string()
  .max(317)
  .regex(
    /^(?:[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-._A-Za-z0-9]{0,61}[A-Za-z0-9])?$/,
    'must be a label name as Kubernetes has them',
  );

const labelValue = z
  .string()
  .max(63)
  .regex(/^(?:[A-Za-z0-9](?:[-._A-Za-z0-9]*[A-Za-z0-9])?)?$/, 'must be a label value as Kubernetes has them');

/** Labels as Kubernetes has them, at most 64. */
export function labels(): z.ZodRecord<z.ZodString, z.ZodString> {
  return z
    .record(labelName, labelValue)
    .refine((given) => Object.keys(given).length <= 64, 'must have at most 64 labels');
}

const unitMilliseconds = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };

/** The milliseconds of a duration such as `30s`, `1h30m` or `7d`, units in falling order; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = durationForm.exec(text);
  if (match === null) return undefined;
  let milliseconds = 0;
  for (const [index, unit] of Object.values(unitMilliseconds).entries()) {
    milliseconds += Number(match[index + 1] ?? 0) * unit;
  }
  return milliseconds;
}

const durationForm = /^(?=\d)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/;
const durationMessage = 'must be a duration such as 30s, 15m, 24h or 1h30m';

/** Whole seconds as such a duration, in the largest unit of seconds, minutes and hours that fits. */
export function formatDuration(seconds: number): string {
  if (seconds > 0 && seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  if (seconds > 0 && seconds % 60 === 0) return `${seconds / 60}m`;
  return `${seconds}s`;
}

/** A duration as text within bounds, given in the same form; read as milliseconds. */
export function duration(bounds: { min: string; max: string }): z.ZodType<number, string> {
  const [min = 0, max = Infinity] = [parseDuration(bounds.min), parseDuration(bounds.max)];
  return z
    .string({ error: durationMessage })
    .meta({ title: 'duration' })
    .regex(durationForm, durationMessage)
    .transform((text, context) => {
      const milliseconds = parseDuration(text) ?? 0;
      if (milliseconds >= min && milliseconds <= max) return milliseconds;
      context.addIssue({
        code: 'custom',
        message: `must be at least ${bounds.min} and at most ${bounds.max}`,
        params: { code: 'out-of-bounds' },
      });
      return z.NEVER;
    });
}

/** `host:port`; IPv6 in brackets. Port 0 is any free port, where that makes sense. */
export function parseHostPort(text: string, lowestPort: 0 | 1): { host: string; port: number } | undefined {
  const match =
    /^(?:\[(?<v6>[0-9A-Fa-f:.]+)\]|(?<name>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)):(?<port>\d{1,5})$/.exec(
      text,
    );
  const host = match?.groups?.v6 ?? match?.groups?.name;
  const port = Number(match?.groups?.port);
  return host === undefined || !(port >= lowestPort && port <= 65_535) ? undefined : { host, port };
}
