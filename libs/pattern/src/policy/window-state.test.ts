import type { ChangeWindow, WindowState } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentOf, wallClock } from './clock.ts';
import { windowState } from './window-state.ts';

const hour = 3_600_000;
const day = 24 * hour;
const berlin = 'Europe/Berlin';
const everyDay = [1, 2, 3, 4, 5, 6, 7];

interface Options extends Partial<Omit<ChangeWindow, 'when'>> {
  days?: number[];
}

function weekly(from: string, to: string, { days = everyDay, ...options }: Options = {}): ChangeWindow {
  const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  return {
    name: 'window',
    kind: 'allow',
    timeZone: berlin,
    patterns: [],
    clusters: [],
    when: { days, fromMinute: minutes(from), toMinute: minutes(to) },
    ...options,
  };
}

function freeze(from: string, to: string, options: Options = {}): ChangeWindow {
  return { ...weekly('00:00', '00:00'), name: 'freeze', kind: 'deny', ...options, when: { from, to } };
}

function at(moment: string, windows: ChangeWindow[], clusters = ['local'], pattern = 'shop'): WindowState {
  return windowState({ windows }, { pattern, clusters }, Date.parse(moment));
}

function isOpen(moment: string, windows: ChangeWindow[], clusters?: string[], pattern?: string): boolean {
  return at(moment, windows, clusters, pattern).reason === undefined;
}

/** The moments at which the answer really changes, as following `until` finds them. */
function turns(from: string, to: string, windows: ChangeWindow[]): string[] {
  const found: string[] = [];
  let moment = Date.parse(from);
  let open = isOpen(from, windows);
  while (moment < Date.parse(to)) {
    const { until = Infinity } = windowState({ windows }, { pattern: 'shop', clusters: ['local'] }, moment);
    moment = until;
    if (moment > Date.parse(to)) break;
    const now = new Date(moment).toISOString();
    if (isOpen(now, windows) !== open) {
      open = !open;
      found.push(`${open ? 'open' : 'shut'} ${now.slice(0, 16)}`);
    }
  }
  return found;
}

describe('windows of the week', () => {
  it('let changes begin from their first minute until before their last, in their own time zone', () => {
    const office = [weekly('09:00', '16:00', { days: [1, 2, 3, 4], name: 'office' })];
    expect(turns('2026-11-18T00:00Z', '2026-11-24T00:00Z', office)).toEqual([
      'open 2026-11-18T08:00',
      'shut 2026-11-18T15:00',
      'open 2026-11-19T08:00',
      'shut 2026-11-19T15:00',
      'open 2026-11-23T08:00',
      'shut 2026-11-23T15:00',
    ]);
    expect(at('2026-11-18T07:59Z', office)).toEqual({
      reason:
        'changes on local begin only in "office": mon, tue, wed, thu from 09:00 to 16:00 (Europe/Berlin)',
      until: Date.parse('2026-11-18T08:00Z'),
    });
  });

  it('belong to the day on which they begin when they go past midnight', () => {
    const night = [weekly('22:00', '02:00', { days: [5], timeZone: 'UTC' })];
    expect(turns('2026-11-18T00:00Z', '2026-11-26T00:00Z', night)).toEqual([
      'open 2026-11-20T22:00',
      'shut 2026-11-21T02:00',
    ]);
  });

  it('last a whole day from a time to the same time, and until midnight to 24:00', () => {
    expect(
      turns('2026-11-18T00:00Z', '2026-11-26T00:00Z', [
        weekly('10:00', '10:00', { days: [6], timeZone: 'UTC' }),
      ]),
    ).toEqual(['open 2026-11-21T10:00', 'shut 2026-11-22T10:00']);
    expect(
      turns('2026-11-18T00:00Z', '2026-11-26T00:00Z', [
        weekly('10:00', '24:00', { days: [6], timeZone: 'UTC' }),
      ]),
    ).toEqual(['open 2026-11-21T10:00', 'shut 2026-11-22T00:00']);
  });

  it('keep to the clock on the wall when summer begins and ends', () => {
    const office = [weekly('09:00', '10:00')];
    expect(turns('2026-03-28T00:00Z', '2026-03-30T00:00Z', office)).toEqual([
      'open 2026-03-28T08:00',
      'shut 2026-03-28T09:00',
      'open 2026-03-29T07:00',
      'shut 2026-03-29T08:00',
    ]);
    expect(turns('2026-10-24T00:00Z', '2026-10-26T00:00Z', office)).toEqual([
      'open 2026-10-24T07:00',
      'shut 2026-10-24T08:00',
      'open 2026-10-25T08:00',
      'shut 2026-10-25T09:00',
    ]);
  });

  it('begin when the clock skips their beginning, and are not on at all when it skips all of them', () => {
    const night: [string, string] = ['2026-03-28T12:00Z', '2026-03-29T12:00Z'];
    expect(turns(...night, [weekly('02:30', '04:00')])).toEqual([
      'open 2026-03-29T01:00',
      'shut 2026-03-29T02:00',
    ]);
    expect(turns(...night, [weekly('02:15', '02:45')])).toEqual([]);
  });

  it('end the first time that the clock shows their end when they allow, and the second when they deny', () => {
    const night: [string, string] = ['2026-10-24T12:00Z', '2026-10-25T12:00Z'];
    expect(turns(...night, [weekly('01:00', '02:30')])).toEqual([
      'open 2026-10-24T23:00',
      'shut 2026-10-25T00:30',
    ]);
    expect(turns(...night, [weekly('01:00', '02:30', { kind: 'deny' })])).toEqual([
      'shut 2026-10-24T23:00',
      'open 2026-10-25T01:30',
    ]);
  });
});

describe('several windows', () => {
  it('deny where one of them does, whatever the others allow', () => {
    const both = [
      weekly('09:00', '17:00', { timeZone: 'UTC' }),
      weekly('12:00', '13:00', { timeZone: 'UTC', kind: 'deny', name: 'lunch' }),
    ];
    expect(isOpen('2026-11-18T11:59Z', both)).toBe(true);
    expect(at('2026-11-18T12:00Z', both)).toEqual({
      reason: 'no change begins in window "lunch": every day from 12:00 to 13:00 (UTC)',
      until: Date.parse('2026-11-18T13:00Z'),
    });
  });

  it('allow where one of them does', () => {
    const both = [
      weekly('09:00', '10:00', { timeZone: 'UTC' }),
      weekly('20:00', '21:00', { timeZone: 'UTC' }),
    ];
    expect(['09:30', '15:00', '20:30'].map((time) => isOpen(`2026-11-18T${time}Z`, both))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('are only about the patterns and clusters they name', () => {
    const office = weekly('09:00', '10:00', { timeZone: 'UTC', clusters: ['prod'], patterns: ['shop'] });
    expect(at('2026-11-18T12:00Z', [office], ['dev'])).toEqual({});
    expect(at('2026-11-18T12:00Z', [office], ['prod'], 'other')).toEqual({});
    expect(isOpen('2026-11-18T12:00Z', [office], ['prod'])).toBe(false);
  });

  it('must allow every cluster of those that begin together', () => {
    const east = weekly('09:00', '10:00', { timeZone: 'UTC', clusters: ['east'] });
    const west = weekly('09:30', '11:00', { timeZone: 'UTC', clusters: ['west'] });
    const times = ['09:15', '09:45', '10:30'];
    expect(
      times.map((time) => isOpen(`2026-11-18T${time}Z`, [east, west], ['east', 'west', 'free'])),
    ).toEqual([false, true, false]);
    expect(at('2026-11-18T09:15Z', [east, west], ['east', 'west']).reason).toContain('on west');
  });

  it('are none where a policy has none', () => {
    expect(at('2026-11-18T12:00Z', [])).toEqual({});
  });
});

describe('a freeze', () => {
  const year = freeze('2026-12-19T00:00', '2027-01-04T00:00', { name: 'end of year' });

  it('keeps changes from beginning, and is asked about at least once a day', () => {
    expect(at('2026-12-18T22:59Z', [year])).toEqual({ until: Date.parse('2026-12-18T23:00Z') });
    expect(at('2026-12-18T23:00Z', [year])).toEqual({
      reason: 'freeze "end of year" lasts until 2027-01-04 00:00 (Europe/Berlin)',
      until: Date.parse('2026-12-19T23:00Z'),
    });
    expect(isOpen('2027-01-03T22:59Z', [year])).toBe(false);
    expect(isOpen('2027-01-03T23:00Z', [year])).toBe(true);
  });

  it('wins over the windows that allow', () => {
    expect(isOpen('2026-12-24T12:00Z', [weekly('00:00', '24:00'), year])).toBe(false);
  });
});

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
];
const zone = fc.constantFrom(...zones);
/** Whole minutes; around the changes of the clocks as often as elsewhere. */
const changesOfClocks = [
  '2026-03-08T07:00Z',
  '2026-03-29T01:00Z',
  '2026-10-25T01:00Z',
  '2026-11-01T06:00Z',
  '2026-04-04T15:00Z',
  '2011-12-30T10:00Z',
];
const moment = fc.oneof(
  fc
    .integer({ min: Date.UTC(2024, 0) / 60_000, max: Date.UTC(2028, 0) / 60_000 })
    .map((minutes) => minutes * 60_000),
  fc
    .tuple(fc.constantFrom(...changesOfClocks), fc.integer({ min: -2_000, max: 2_000 }))
    .map(([change, minutes]) => Date.parse(change) + minutes * 60_000),
);
const anyWindow: fc.Arbitrary<ChangeWindow> = fc.record({
  name: fc.constantFrom('a', 'b'),
  kind: fc.constantFrom('allow', 'deny'),
  timeZone: zone,
  patterns: fc.constant([]),
  clusters: fc.subarray(['east', 'west']),
  when: fc.record({
    days: fc.subarray(everyDay, { minLength: 1 }),
    fromMinute: fc.integer({ min: 0, max: 1_439 }),
    toMinute: fc.integer({ min: 0, max: 1_440 }),
  }),
});
const windowList = fc.array(anyWindow, { maxLength: 4 });
const subject = { pattern: 'shop', clusters: ['east', 'west'] };

describe('at any moment', () => {
  it('the answer stays the same until the moment it gives, which is at most a day ahead', () => {
    fc.assert(
      fc.property(
        windowList,
        moment,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (windows, now, share) => {
          const { reason, until = now + day } = windowState({ windows }, subject, now);
          expect(until).toBeGreaterThan(now);
          expect(until).toBeLessThanOrEqual(now + day);
          const between = windowState({ windows }, subject, now + Math.floor(share * (until - now)));
          expect(between.reason === undefined).toBe(reason === undefined);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('a window is on exactly when a clock on the wall shows its time, on days without a change of clocks', () => {
    fc.assert(
      fc.property(anyWindow, moment, (window, now) => {
        const { timeZone, when } = window;
        const offset = (time: number): number => wallClock(timeZone, time) - time;
        fc.pre([-2, -1, 0, 1, 2].every((days) => offset(now + days * day) === offset(now)));
        if (!('days' in when)) throw new Error('not by the week');
        const local = new Date(wallClock(timeZone, now));
        const minute = local.getUTCHours() * 60 + local.getUTCMinutes();
        const today = local.getUTCDay() || 7;
        const { days, fromMinute, toMinute } = when;
        const isLate =
          toMinute > fromMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute;
        const isEarly = toMinute <= fromMinute && minute < toMinute;
        const isOn =
          (days.includes(today) && isLate) || (days.includes(today === 1 ? 7 : today - 1) && isEarly);
        const { reason } = windowState({ windows: [{ ...window, clusters: [] }] }, subject, now);
        expect(reason === undefined).toBe(window.kind === 'allow' ? isOn : !isOn);
      }),
      { numRuns: 400 },
    );
  });

  it('nothing that is added to a denied moment opens it', () => {
    fc.assert(
      fc.property(windowList, anyWindow, moment, (windows, more, now) => {
        const denying = windows.filter(({ kind }) => kind === 'deny');
        fc.pre(windowState({ windows: denying }, subject, now).reason !== undefined);
        expect(windowState({ windows: [...windows, more] }, subject, now).reason).toBeDefined();
      }),
    );
  });

  it('changes may begin on clusters together only when they may on each', () => {
    fc.assert(
      fc.property(windowList, moment, (windows, now) => {
        const [east, west, both] = [['east'], ['west'], ['east', 'west']].map((clusters) => {
          return windowState({ windows }, { pattern: 'shop', clusters }, now).reason === undefined;
        });
        expect(both).toBe(east === true && west === true);
      }),
    );
  });
});

describe('a local time', () => {
  it('is found again by the clock that showed it, at the moment or at its other showing', () => {
    fc.assert(
      fc.property(zone, moment, (timeZone, now) => {
        const local = wallClock(timeZone, now);
        const [first, last] = [momentOf(timeZone, local, 'first'), momentOf(timeZone, local, 'last')];
        expect([first, last]).toContain(now);
        expect([wallClock(timeZone, first), wallClock(timeZone, last)]).toEqual([local, local]);
      }),
      { numRuns: 400 },
    );
  });

  it('that no clock showed is the moment of the skip, even where a whole day was skipped', () => {
    expect(momentOf(berlin, Date.UTC(2026, 2, 29, 2, 30), 'first')).toBe(Date.parse('2026-03-29T01:00Z'));
    expect(momentOf('Pacific/Apia', Date.UTC(2011, 11, 30, 12), 'last')).toBe(
      Date.parse('2011-12-30T10:00Z'),
    );
  });
});
