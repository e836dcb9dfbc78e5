import { InvalidArgumentError } from '@commander-js/extra-typings';
import { MeshwrightError } from '@meshwright/model';

/** When a schedule measures: at the times of a cron expression, or again and again. */
export type When = { cron: string; timezone: string } | { everySeconds: number };

const secondsOf: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };

/** `90m`, `6h` or `1d`, in seconds. */
export function parseEvery(text: string): number {
  const { count = '', unit = '' } = /^(?<count>[1-9]\d{0,3})(?<unit>[mhd])$/.exec(text)?.groups ?? {};
  const seconds = Number(count) * (secondsOf[unit] ?? 0);
  if (seconds > 0) return seconds;
  throw new InvalidArgumentError('It is minutes, hours or days, like 90m, 6h or 1d.');
}

/** What options say of the time; the server checks the expression. @throws MeshwrightError INVALID_INPUT unless it is one of both. */
export function whenOf(options: { cron?: string; every?: number; timezone?: string }): When {
  const { cron, every, timezone } = options;
  if (cron !== undefined && every === undefined) return { cron, timezone: timezone ?? 'UTC' };
  if (every !== undefined && cron === undefined && timezone === undefined) return { everySeconds: every };
  throw new MeshwrightError('INVALID_INPUT', 'A schedule has a cron expression or an interval.', {
    remedy: "Write --cron '0 3 * * *' (and --timezone for its hours), or --every 6h.",
  });
}

/** `0 3 * * * Europe/Berlin`, `every 6h`. */
export function whenText(when: When): string {
  if ('cron' in when) return `${when.cron} ${when.timezone}`;
  const [unit = 'm'] = ['d', 'h', 'm'].filter((each) => when.everySeconds % (secondsOf[each] ?? 1) === 0);
  return `every ${when.everySeconds / (secondsOf[unit] ?? 1)}${unit}`;
}
