import { readdir, readFile } from 'node:fs/promises';
import { isMeshwrightError, type LoadResult } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generators } from './generators.ts';

const folder = new URL('../../../plugins/', import.meta.url);
const readers = generators
  .filter(({ plugin }) => plugin.read !== undefined)
  .map(({ plugin }) => ({
    id: plugin.id,
    title: plugin.title,
    read: (text: string) => plugin.read?.(text),
  }));

/** The results that lie beside a plugin's tests. */
async function recordedOf(id: string): Promise<string[]> {
  const fixtures = new URL(`load-${id}/src/__fixtures__/`, folder);
  const files = (await readdir(fixtures)).filter((file) => !file.endsWith('.md'));
  return Promise.all(files.map((file) => readFile(new URL(file, fixtures), 'utf8')));
}

/** A result that can be worked with; undefined for a text that was refused as it should be. */
function readOrRefused(read: (text: string) => LoadResult | undefined, text: string): LoadResult | undefined {
  let result: LoadResult | undefined;
  try {
    result = read(text);
  } catch (error) {
    if (isMeshwrightError(error) && error.code === 'INVALID_INPUT') return undefined;
    throw error;
  }
  if (result === undefined) throw new Error('It reads nothing.');
  for (const { buckets } of [result.latency, result.service, result.sendLag].filter(
    (one) => one !== undefined,
  )) {
    for (const [place, { upTo, count }] of buckets.entries()) {
      expect(upTo).toBeGreaterThan(buckets[place - 1]?.upTo ?? -1);
      expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
    }
  }
  for (const count of [result.requests, ...Object.values(result.errors)]) {
    expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
  }
  return result;
}

describe.each(readers)('a text given to $title', ({ id, read }) => {
  it('is read when it is a result', async () => {
    const recorded = await recordedOf(id);
    expect(recorded).not.toEqual([]);
    for (const text of recorded) expect(readOrRefused(read, text)?.requests).toBeGreaterThan(0);
  });

  it('is refused when it is anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readOrRefused(read, text)).toBeUndefined();
      }),
    );
  });

  it('never gives falling buckets or negative counts, whatever was changed in a result', async () => {
    const recorded = await recordedOf(id);
    const change = fc.record({
      text: fc.constantFrom(...recorded),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      without: fc.nat(40),
      instead: fc.oneof(
        fc.string({ maxLength: 10 }),
        fc.double().map(String),
        fc.bigInt().map(String),
        fc.constantFrom('-1', '1e999', 'null', '""', '"__proto__": 1,', '[', '}'),
      ),
    });
    fc.assert(
      fc.property(change, ({ text, at, without, instead }) => {
        const start = Math.floor(at * text.length);
        readOrRefused(read, text.slice(0, start) + instead + text.slice(start + without));
      }),
      { numRuns: 1_000 },
    );
  });

  it('never does so either when one of its numbers is another', async () => {
    const numbers = (await recordedOf(id)).flatMap((text) =>
      [...text.matchAll(/\d+(\.\d+)?/g)].map(({ index, 0: digits }) => ({ text, index, digits })),
    );
    const other = fc.oneof(
      fc.integer().map(String),
      fc.bigInt({ min: 0n, max: 10n ** 40n }).map(String),
      fc.double({ noNaN: true }).map(String),
    );
    fc.assert(
      fc.property(fc.constantFrom(...numbers), other, ({ text, index, digits }, number) => {
        readOrRefused(read, text.slice(0, index) + number + text.slice(index + digits.length));
      }),
      { numRuns: 1_000 },
    );
  });
});
