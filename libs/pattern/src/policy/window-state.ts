import type { ApprovalPolicy, ChangeWindow, TimeSpan, WeeklyTime, WindowState } from '@meshwright/model';
import { formatMinute, momentOf, wallClock } from './clock.ts';

const minute = 60_000;
const day = 1_440 * minute;

/** What begins together. */
export interface WindowSubject {
  pattern: string;
  clusters: readonly string[];
}

/** Moments, in milliseconds since 1970: from the first on, until before the second. */
interface Interval {
  start: number;
  end: number;
}

interface Timed {
  window: ChangeWindow;
  /** Those around the moment that is asked about. */
  intervals: Interval[];
  active?: Interval | undefined;
}

/**
 * Whether changes of a pattern may begin on all of these clusters at a moment: on each of them nothing that denies it is
 * on, and something that allows it is, where there is any. A window begins at the first showing of its time on a clock of its
 * zone; where the clock shows its end twice, what allows ends at the first and what denies at the second. `until` is
 * the next moment at which a window begins or ends, at most a day ahead; absent where no window is about the pattern.
 */
export function windowState(
  { windows }: Pick<ApprovalPolicy, 'windows'>,
  { pattern, clusters }: WindowSubject,
  at: number,
): WindowState {
  const about = windows.filter((window) => concerns(window.patterns, [pattern]));
  const timed = about
    .filter((window) => concerns(window.clusters, clusters))
    .map((window) => timedAt(window, at));
  if (timed.length === 0) return {};
  const until = Math.min(at + day, ...timed.flatMap(({ intervals }) => boundariesAfter(intervals, at)));
  const reason = whyClosed(timed, clusters);
  return { ...(reason === undefined ? {} : { reason }), until };
}

/** Whether a list names one of these; an empty list means all. */
function concerns(named: readonly string[], asked: readonly string[]): boolean {
  return named.length === 0 || asked.some((name) => named.includes(name));
}

function timedAt(window: ChangeWindow, at: number): Timed {
  const intervals = intervalsOf(window, at);
  return { window, intervals, active: intervals.find(({ start, end }) => start <= at && at < end) };
}

function boundariesAfter(intervals: readonly Interval[], at: number): number[] {
  return intervals.flatMap(({ start, end }) => [start, end]).filter((moment) => moment > at);
}

function whyClosed(timed: readonly Timed[], clusters: readonly string[]): string | undefined {
  const denied = timed.find(({ window, active }) => window.kind === 'deny' && active !== undefined);
  if (denied !== undefined) return describeDenied(denied);
  const allowing = timed.filter(({ window }) => window.kind === 'allow');
  for (const cluster of clusters.length === 0 ? [undefined] : clusters) {
    const mine = allowing.filter(
      ({ window }) =>
        window.clusters.length === 0 || (cluster !== undefined && window.clusters.includes(cluster)),
    );
    if (mine.length === 0 || mine.some(({ active }) => active !== undefined)) continue;
    return describeOutside(mine, cluster);
  }
  return undefined;
}

/** When a window is on, around a moment: those that began up to two days before it, and begin up to two days after. */
function intervalsOf({ timeZone, when, kind }: ChangeWindow, at: number): Interval[] {
  const closing = kind === 'deny' ? 'last' : 'first';
  const spans = 'days' in when ? weeklySpans(when, wallClock(timeZone, at)) : [localSpan(when)];
  return spans
    .map(({ start, end }) => ({
      start: momentOf(timeZone, start, 'first'),
      end: momentOf(timeZone, end, closing),
    }))
    .filter(({ start, end }) => start < end);
}

/** In local time. */
function weeklySpans({ days, fromMinute, toMinute }: WeeklyTime, local: number): Interval[] {
  const today = Math.floor(local / day) * day;
  const length = toMinute > fromMinute ? toMinute - fromMinute : toMinute - fromMinute + 1_440;
  const begins = [-2, -1, 0, 1, 2].map((distance) => today + distance * day);
  return begins
    .filter((date) => days.includes(weekday(date)))
    .map((date) => ({ start: date + fromMinute * minute, end: date + (fromMinute + length) * minute }));
}

function localSpan({ from, to }: TimeSpan): Interval {
  return { start: Date.parse(`${from}Z`), end: Date.parse(`${to}Z`) };
}

/** 1 is Monday, 7 Sunday. */
function weekday(date: number): number {
  return new Date(date).getUTCDay() || 7;
}

function describeDenied({ window: { name, when, timeZone } }: Timed): string {
  if ('days' in when) return `no change begins in window "${name}": ${describeWeek(when)} (${timeZone})`;
  return `freeze "${name}" lasts until ${when.to.replace('T', ' ')} (${timeZone})`;
}

const mostNamed = 3;

function describeOutside(windows: readonly Timed[], cluster: string | undefined): string {
  const named = windows.slice(0, mostNamed).map(({ window: { name, when, timeZone } }) => {
    return `"${name}": ${'days' in when ? describeWeek(when) : `${when.from} to ${when.to}`} (${timeZone})`;
  });
  const more = windows.length > mostNamed ? `, and ${windows.length - mostNamed} more` : '';
  const where = cluster === undefined ? '' : ` on ${cluster}`;
  return `changes${where} begin only in ${named.join(', ')}${more}`;
}

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function describeWeek({ days, fromMinute, toMinute }: WeeklyTime): string {
  const names = days.length === 7 ? 'every day' : days.map((number) => dayNames[number - 1]).join(', ');
  return `${names} from ${formatMinute(fromMinute)} to ${formatMinute(toMinute)}`;
}
