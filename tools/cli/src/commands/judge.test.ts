import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { encodeHdr } from '@meshwright/histogram';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../cli.ts';
import { testHost } from '../test-support/host.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'meshwright-judge-'));
});
afterEach(() => rm(directory, { recursive: true }));

interface Answer {
  id?: string;
  line?: number;
  verdict?: string;
  error?: { code: string; message: string };
  metrics?: { ratio: number; interval: [number, number]; verdict: string }[];
}

const limit = { relative: 0.1, absolute: 0.5 };

function comparison(id: string, factor: number, extra: object = {}): object {
  const blocks = Array.from({ length: 10 }, (_, place) => ({
    a: { valid: true, p99: 20 + place / 100, requests: 3_000 },
    b: { valid: true, p99: (20 + place / 100) * (factor + place / 1_000) },
  }));
  return { id, contrast: 'D1', metrics: [{ name: 'p99', unit: 'ms', limit }], blocks, ...extra };
}

async function judged(lines: readonly (string | object)[], ...flags: string[]) {
  const file = join(directory, 'trials.jsonl');
  await writeFile(
    file,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  const host = testHost({ cwd: directory });
  const code = await runCli(['judge', '--input', 'trials.jsonl', ...flags], host);
  const answers = host
    .out()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer);
  return { code, answers, err: host.err() };
}

describe('meshwright judge', () => {
  it('gives one verdict a line, in the order of the comparisons', async () => {
    const { code, answers, err } = await judged([comparison('worse', 1.3), comparison('same', 1)]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(answers).toMatchObject([
      { id: 'worse', verdict: 'regressed', metrics: [{ name: 'p99', verdict: 'regressed', effect: 1 }] },
      { id: 'same', verdict: 'passed' },
    ]);
    expect(answers[0]!.metrics![0]!.ratio).toBeCloseTo(1.3, 1);
    expect(answers[0]!.metrics![0]!.interval).toHaveLength(2);
  });

  it('takes a malformed line for an error of that line alone', async () => {
    const { code, answers, err } = await judged([
      comparison('first', 1),
      '{"id": "broken"',
      '',
      comparison('second', 1.3),
    ]);
    expect(code).toBe(2);
    expect(answers).toMatchObject([
      { id: 'first', verdict: 'passed' },
      { line: 2, error: { code: 'INVALID_INPUT' } },
      { id: 'second', verdict: 'regressed' },
    ]);
    expect(err).toMatch(/^trials\.jsonl:2: It is not JSON: /);
  });

  it.each([
    { given: comparison('x', 1, { contrast: 'D4' }), says: 'contrast: ' },
    { given: comparison('x', 1, { contrats: 'D1' }), says: 'contrats' },
    { given: comparison('x', 1, { metrics: [] }), says: 'metrics: ' },
    { given: comparison('x', 1, { metrics: [{ name: 'p99', limits: {} }] }), says: 'limits' },
    {
      given: comparison('x', 1, { metrics: [{ name: 'p99' }, { name: 'p99' }] }),
      says: 'p99 is named twice',
    },
    { given: comparison('x', 1, { metrics: [{ name: '__proto__' }] }), says: 'metrics[0].name: ' },
    {
      given: comparison('x', 1, { blocks: [{ a: { valid: true, p99: '12' }, b: null }] }),
      says: 'blocks[0].a.p99: ',
    },
    {
      given: comparison('x', 1, { blocks: [{ a: { p99: 12 }, b: { p99: 12 } }] }),
      says: 'blocks[0].a.valid: ',
    },
    { given: [], says: 'expected object' },
    { given: '1e999', says: 'expected object' },
  ])('says what is wrong where: $says', async ({ given, says }) => {
    const { code, answers } = await judged([given]);
    expect(code).toBe(2);
    expect(answers[0]!.error!.message).toContain(says);
  });

  it('takes an arm and a metric that are missing for missing data', async () => {
    const blocks = [
      { a: null, b: { valid: true, p99: 1 } },
      { a: { valid: true, p99: null }, b: { valid: true } },
    ];
    const { code, answers } = await judged([comparison('x', 1, { blocks })]);
    expect(code).toBe(0);
    expect(answers).toMatchObject([{ verdict: 'inconclusive' }]);
  });

  it('reads histograms as buckets and as HdrHistogram writes them', async () => {
    const hdr = (slowest: number): string =>
      encodeHdr({
        buckets: [
          { upTo: 1_000, count: 980 },
          { upTo: slowest, count: 20 },
        ],
      });
    const blocks = Array.from({ length: 10 }, (_, place) => ({
      a: {
        valid: true,
        p99: {
          buckets: [
            { upTo: 1, count: 98 },
            { upTo: 20, count: 2 },
          ],
        },
      },
      b: { valid: true, p99: { hdr: hdr(30_000 + place), unit: 'us' } },
    }));
    const { answers } = await judged([comparison('x', 1, { blocks })]);
    expect(answers[0]!.metrics![0]!.ratio).toBeCloseTo(1.5, 2);
  });

  it.each([
    { p99: { hdr: 'no histogram' }, says: 'no compressed HdrHistogram' },
    {
      p99: {
        buckets: [
          { upTo: 2, count: 1 },
          { upTo: 1, count: 1 },
        ],
      },
      says: 'not in the order',
    },
  ])('refuses a histogram that is none: $says', async ({ p99, says }) => {
    const { code, answers } = await judged([
      comparison('x', 1, { blocks: [{ a: { valid: true, p99 }, b: { valid: true, p99 } }] }),
    ]);
    expect(code).toBe(2);
    expect(answers[0]!.error!.message).toContain(says);
  });

  it('fails on a regression where it is asked to', async () => {
    expect((await judged([comparison('x', 1.3)], '--fail-on-regression')).code).toBe(1);
    expect((await judged([comparison('x', 1)], '--fail-on-regression')).code).toBe(0);
  });

  it('reads standard input, and names an input that is not there', async () => {
    const text = `${JSON.stringify(comparison('é', 1))}\n`;
    const bytes = Buffer.from(text);
    // Split within a character.
    const at = bytes.indexOf('é') + 1;
    const host = testHost({ stdin: () => Readable.from([bytes.subarray(0, at), bytes.subarray(at)]) });
    expect(await runCli(['judge', '--input', '-'], host)).toBe(0);
    expect(host.out()).toContain('"id":"é"');
    const empty = testHost();
    expect(await runCli(['judge', '--input', '-'], empty)).toBe(2);
    expect(empty.err()).toContain('There is no comparison in the standard input.');
    const missing = testHost({ cwd: directory });
    expect(await runCli(['judge', '--input', 'nowhere.jsonl'], missing)).toBe(2);
    expect(missing.err()).toContain('nowhere.jsonl cannot be read');
  });
});
