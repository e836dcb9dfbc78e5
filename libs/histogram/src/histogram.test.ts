import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeHdr, encodeHdr } from './hdr.ts';
import { createRecorder } from './recorder.ts';

const times = fc.array(fc.double({ min: 0.001, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 200 });

it('gives percentiles that are off by one in a thousand at most', () => {
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 100 }), (milliseconds, percent) => {
      const recorder = createRecorder();
      for (const time of milliseconds) recorder.record(time);
      const sorted = milliseconds.toSorted((left, right) => left - right);
      const exact = Math.round(sorted[Math.ceil((percent / 100) * sorted.length) - 1]! * 1_000);
      const found = recorder.percentile(percent);
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(Math.max(1, exact / 1_000) + 1);
    }),
  );
});

it('loses nothing on the way through the shared encoding', () => {
  fc.assert(
    fc.property(times, (milliseconds) => {
      const recorder = createRecorder();
      for (const time of milliseconds) recorder.record(time);
      const histogram = recorder.histogram();
      expect(decodeHdr(encodeHdr(histogram))).toEqual(histogram);
      const counts = histogram.buckets.map(({ count }) => count);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(milliseconds.length);
    }),
  );
});

it('takes what is outside for its end, and says that nothing is nothing', () => {
  const recorder = createRecorder();
  expect(recorder.percentile(99)).toBeNaN();
  expect(recorder.histogram()).toEqual({ buckets: [] });
  recorder.record(-5);
  recorder.record(1e12);
  expect(recorder.percentile(1)).toBe(1);
  expect(recorder.percentile(100)).toBeGreaterThanOrEqual(3.6e9);
});

it('refuses a text that is no histogram', () => {
  for (const text of ['', 'no histogram', 'HISTFAAAAAA']) expect(() => decodeHdr(text)).toThrow();
});
