/** The minutes of a time of day such as `09:00`, up to `24:00`; undefined for anything else. */
export function minuteOf(text: string): number | undefined {
  const match = /^(\d{2}):(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const minute = Number(match[1]) * 60 + Number(match[2]);
  return Number(match[2]) < 60 && minute <= 1_440 ? minute : undefined;
}

/** Minutes of the day as `09:00`. */
export function formatMinute(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

const day = 86_400_000;

/**
 * A local time such as `2026-12-24T18:00`; of a date alone, the beginning of that day, or of the next one where it is the end.
 * Undefined for anything else, and outside of the years 2000 to 2999.
 */
export function dateOf(text: string, place: 'from' | 'to'): string | undefined {
  const match = /^(2\d{3}-\d{2}-\d{2})(?:T(\d{2}:\d{2}))?$/.exec(text);
  if (match === null) return undefined;
  const [, date = '', time] = match;
  const start = Date.parse(`${date}T00:00Z`);
  // Date.parse takes some days that a month does not have for those of the next.
  if (!Number.isFinite(start) || !new Date(start).toISOString().startsWith(date)) return undefined;
  if (time === undefined) return localText(place === 'from' ? start : start + day);
  const minute = minuteOf(time);
  return minute === undefined ? undefined : localText(start + minute * 60_000);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
}

/** Whether the text is an IANA time zone that this program knows. An offset such as `+01:00` is none: it has no summer. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    formatOf(text);
    return true;
  } catch {
    return false;
  }
}

/** What a clock in the zone shows at a moment, as if it were UTC: milliseconds since 1970, to the second. */
export function wallClock(timeZone: string, moment: number): number {
  const fields: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(moment)) fields[type] = Number(value);
  const { year = 0, month = 1, day: date = 1, hour = 0, minute = 0, second = 0 } = fields;
  return Date.UTC(year, month - 1, date, hour, minute, second);
}

/**
 * The moment at which a clock in the zone shows a local time (given as by `wallClock`). One that is shown twice, when
 * summer ends, is its first or its last showing; one that is skipped, when summer begins, is the moment of the skip.
 */
export function momentOf(timeZone: string, local: number, showing: 'first' | 'last'): number {
  const offsets = [local - day, local + day].map((near) => wallClock(timeZone, near) - near);
  const moments = offsets.map((offset) => local - offset);
  const shown = moments.filter((moment) => wallClock(timeZone, moment) === local);
  if (shown.length > 0) return showing === 'first' ? Math.min(...shown) : Math.max(...shown);
  let [before, after] = [Math.min(...moments), Math.max(...moments)];
  while (after - before > 1_000) {
    const middle = before + Math.floor((after - before) / 2_000) * 1_000;
    if (wallClock(timeZone, middle) < local) before = middle;
    else after = middle;
  }
  return after;
}

/** Milliseconds as by `wallClock`, as `2026-12-24T18:00`. */
export function localText(local: number): string {
  return new Date(local).toISOString().slice(0, 16);
}
