import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTally, histogramsOf } from './tally.ts';

describe('a tally', () => {
  it('counts latency from the intended send and service from the actual one', () => {
    const tally = createTally();
    tally.dispatched(1);
    tally.ended(100, 112, { sentAt: 110, bytes: 6 });
    expect(tally.latency.percentile(50)).toBeCloseTo(12_000, -2);
    expect(tally.service.percentile(50)).toBeCloseTo(2_000, -1);
    expect(tally.sendLag.percentile(50)).toBeCloseTo(1_000, -1);
    expect({ requests: tally.requests(), bytes: tally.bytes(), errors: tally.errors() }).toEqual({
      requests: 1,
      bytes: 6,
      errors: {},
    });
  });

  it('counts bad answers with their time, and broken connections without', () => {
    const tally = createTally();
    tally.ended(0, 5, { sentAt: 0, bytes: 0, error: 'status 503' });
    tally.ended(0, 5, { sentAt: 0, bytes: 0, error: 'connection', lost: true });
    expect(tally.errors()).toEqual({ 'status 503': 1, connection: 1 });
    expect(countOf(histogramsOf(tally).latency)).toBe(1);
  });

  it('counts requests without an answer as timed out, with the time that was waited', () => {
    const tally = createTally();
    tally.unanswered(0, 2_000);
    expect(tally.errors()).toEqual({ timeout: 1 });
    expect(tally.latency.percentile(100)).toBeGreaterThan(1_990_000);
  });

  it('tells what found a connection before a moment', () => {
    const tally = createTally();
    for (const sentAt of [10, 20, 30]) tally.ended(0, 40, { sentAt, bytes: 0 });
    expect(tally.sentBefore(20)).toBe(2);
  });

  it('keeps one latency for every request that was answered or waited for, and each error once', () => {
    const outcome = fc.record({
      took: fc.integer({ min: 0, max: 5_000 }),
      fate: fc.constantFrom('good', 'bad', 'lost', 'unanswered'),
    });
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 100 }), (outcomes) => {
        const tally = createTally();
        for (const { took, fate } of outcomes) {
          tally.dispatched(0);
          if (fate === 'unanswered') tally.unanswered(0, took);
          if (fate === 'good') tally.ended(0, took, { sentAt: 0, bytes: 1 });
          if (fate === 'bad') tally.ended(0, took, { sentAt: 0, bytes: 1, error: 'status 500' });
          if (fate === 'lost') tally.ended(0, took, { sentAt: 0, bytes: 0, error: 'connection', lost: true });
        }
        const all = (kind: string): number => outcomes.filter(({ fate }) => fate === kind).length;
        expect(tally.requests()).toBe(outcomes.length);
        expect(countOf(histogramsOf(tally).latency)).toBe(outcomes.length - all('lost'));
        expect(countOf(histogramsOf(tally).service)).toBe(all('good') + all('bad'));
        const errors = Object.values(tally.errors()).reduce((sum, count) => sum + count, 0);
        expect(errors).toBe(outcomes.length - all('good'));
      }),
    );
  });
});

function countOf({ buckets }: { buckets: readonly { count: number }[] }): number {
  return buckets.reduce((sum, { count }) => sum + count, 0);
}
