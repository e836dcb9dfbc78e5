import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BaselineRecord } from '@meshwright/model';
import { type BaselinePage, openResults } from '@meshwright/results';
import { type Sample, sampleRecord } from '@meshwright/results/test-support/records';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moment } from '@meshwright/rollouts/test-support/samples';
import type { MarkedSeries } from '../baselines/marked.ts';
import type { SideBySide } from '../baselines/side-by-side.ts';
import { runCli } from '../cli.ts';
import { widthOf } from '@meshwright/wording';
import { testHost } from '../test-support/host.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'meshwright-baselines-'));
  await writeFile(join(directory, 'meshwright.yaml'), 'results: { sqlite: results.db }\n');
});
afterEach(() => rm(directory, { recursive: true }));

async function save(...records: BaselineRecord[]): Promise<void> {
  const store = await openResults({ sqlite: join(directory, 'results.db') });
  for (const record of records) await store.save(record);
  await store.close();
}

function hoursAgo(hours: number, sample: Sample): BaselineRecord {
  return sampleRecord({ startedAt: moment - hours * 3_600_000, ...sample });
}

async function run(...args: string[]) {
  const host = testHost({ cwd: directory });
  const code = await runCli(args, host);
  return { code, out: host.out(), err: host.err() };
}

async function json<T>(...args: string[]): Promise<T> {
  const { code, out } = await run(...args, '--json');
  expect(code).toBe(0);
  return JSON.parse(out) as T;
}

describe('meshwright baselines', () => {
  it('lists the newest first, with what was found', async () => {
    await save(
      hoursAgo(26, { id: 'old' }),
      hoursAgo(2, { id: '0198f3a2-1c2d-7000-8000-000000000000', p99: 15 }),
    );
    const { code, out, err } = await run('baselines');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [header, ...rows] = out.trimEnd().split('\n');
    expect(header).toMatch(/^ID +MEASURED +NAME +A → B +CONTRAST +VERDICT +FIGURES OF B/);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(
      /^0198f3a2-1c2d {2}2h ago +checkout +istio 1\.30\.2 → 1\.31\.0 +D1 +passed +p99 15 ms/,
    );
    expect(rows[1]).toMatch(/^old +1d 2h ago/);
  });

  it('is restricted, and goes on where a page ended', async () => {
    await save(
      ...Array.from({ length: 5 }, (_, place) => hoursAgo(place, { id: `run-${place}` })),
      hoursAgo(1, { id: 'other', pattern: 'other', cluster: 'far', mesh: 'linkerd' }),
    );
    const first = await json<BaselinePage>('baselines', '--pattern', 'checkout-mesh', '--limit', '3');
    expect(first.baselines.map(({ id }) => id)).toEqual(['run-0', 'run-1', 'run-2']);
    const told = await run('baselines', '--pattern', 'checkout-mesh', '--limit', '3');
    expect(told.err).toContain(`--cursor ${first.next ?? 'none'}`);
    const rest = await json<BaselinePage>('baselines', '--pattern', 'checkout-mesh', '--cursor', first.next!);
    expect(rest.baselines.map(({ id }) => id)).toEqual(['run-3', 'run-4']);
    expect(rest).not.toHaveProperty('next');
    for (const filter of [
      ['--pattern', 'other'],
      ['--cluster', 'far'],
      ['--mesh', 'linkerd'],
    ]) {
      const found = await json<BaselinePage>('baselines', ...filter);
      expect(
        found.baselines.map(({ id }) => id),
        filter.join(' '),
      ).toEqual(['other']);
    }
  });

  it('explains that there is nothing', async () => {
    const empty = await run('baselines');
    expect(empty).toMatchObject({ code: 0, out: '' });
    expect(empty.err).toContain('Nothing that was measured has been kept');
    expect(empty.err).toContain('results.db');
    expect((await run('baselines', '--pattern', 'x')).err).toContain('There is no such baseline');
    expect((await run('baselines', '--metric', 'p99')).err).toContain('No baseline has a figure for p99.');
    expect(await json('baselines')).toEqual({ baselines: [] });
    expect(await json('baselines', '--metric', 'p99')).toEqual([]);
  });

  it('shows names that are hostile to terminals escaped', async () => {
    await save(hoursAgo(1, { id: 'run-1', name: '\u001b[2Jcheckout\u202e', pattern: '\u001b[2J' }));
    for (const args of [['baselines'], ['baselines', '--metric', 'p99'], ['compare', 'run-1', 'run-1']]) {
      const { out } = await run(...args);
      expect(out, args.join(' ')).not.toMatch(/[\u001b\u202e]/);
      expect(out, args.join(' ')).toContain('\\e[2J');
    }
  });

  it.each([
    [['baselines', '--cursor', 'nonsense']],
    [['baselines', '--cursor', 'x', '--metric', 'p99']],
    [['baselines', '--limit', '0']],
    [['baselines', '--arm', 'c']],
    [['compare', 'run-1']],
    [['compare', 'run-1', 'run-2']],
  ])('refuses %j with the exit code 2', async (args) => {
    expect((await run(...args)).code).toBe(2);
  });

  it('says what is wrong with the database', async () => {
    await writeFile(join(directory, 'results.db'), 'This is no database. '.repeat(100));
    const { code, err } = await run('baselines');
    expect(code).toBe(1);
    expect(err).toMatch(/error: The results database .*results\.db failed/);
    expect(err).toContain('remedy: ');
  });
});

describe('meshwright baselines --metric', () => {
  /** Sixty releases of which the last twenty are a sixth slower, each a little different. */
  function releases(): BaselineRecord[] {
    return Array.from({ length: 60 }, (_, place) =>
      hoursAgo(1_000 - place, {
        id: `release-${place}`,
        p99: (place < 40 ? 12 : 14) + (((place * 7) % 11) - 5) / 20,
      }),
    );
  }

  it('marks where the level has changed, in the figures of one load alone', async () => {
    await save(...releases(), hoursAgo(0, { id: 'elsewhere', rate: 300, p99: 50 }));
    const series = await json<MarkedSeries[]>('baselines', '--metric', 'p99', '--limit', '100');
    expect(series.map(({ points }) => points.length)).toEqual([1, 60]);
    const changes = series[1]!.points.filter(({ change }) => change !== undefined);
    expect(changes).toMatchObject([{ id: 'release-40', change: { pValue: expect.any(Number) as number } }]);
    expect(changes[0]!.change!.ratio).toBeCloseTo(14 / 12, 1);
  });

  it('shows them to people, the newest figure first', async () => {
    await save(...releases());
    const { out } = await run('baselines', '--metric', 'p99', '--limit', '100');
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toBe('p99 of arm B, checkout-mesh on local');
    expect(lines[1]).toContain(
      'http://shop-v2:8080/: 150 requests a second over 16 connections, 20 s a trial',
    );
    const change = lines.findIndex((line) => line.startsWith('▲'));
    expect(lines[change]).toContain('release-40');
    expect(lines[change + 1]).toMatch(
      /from here on 14 ms instead of 12 ms \(\+16\.7 %\); by chance at most one time in \d+/,
    );
    expect(lines.filter((line) => /^[▲▼]/.test(line))).toHaveLength(1);
    expect(lines.find((line) => line.includes('release-'))).toContain('release-59');
    expect(lines.every((line) => widthOf(line) <= 100)).toBe(true);
  });

  it('shows the newest of them, with the change points of all', async () => {
    await save(...releases());
    const { out } = await run('baselines', '--metric', 'p99', '--limit', '25');
    expect(out).toMatch(/^▲ .*release-40$/m);
    expect(out).not.toContain('release-34');
    expect(out).toContain('35 older ones are not shown; --limit shows more.');
    expect(out).not.toContain('not certain');
  });

  it('says that a few figures are too few', async () => {
    await save(...releases().slice(0, 5));
    expect((await run('baselines', '--metric', 'p99')).out).toContain(
      '5 figures: a change of the level is not certain',
    );
  });
});

describe('meshwright compare', () => {
  it('gives ratios arm by arm, as advice', async () => {
    await save(hoursAgo(72, { id: 'aaa-1', p99: 12 }), hoursAgo(0, { id: 'bbb-1', p99: 15 }));
    const compared = await json<SideBySide & { advice: string }>('compare', 'aaa', 'bbb');
    expect(compared).toMatchObject({ contrast: 'advisory', differences: [] });
    expect(compared.metrics[0]).toEqual({
      name: 'p99',
      unit: 'ms',
      arms: { a: { first: 11, second: 11, ratio: 1 }, b: { first: 12, second: 15, ratio: 1.25 } },
    });
    expect(compared.advice).toContain('measured 3d apart');
    const { out } = await run('compare', 'aaa', 'bbb');
    expect(out).toMatch(/^p99 +B +12 ms +15 ms +×1\.250$/m);
    expect(out).toMatch(/^Advisory: these were measured 3d apart/m);
    expect(out).not.toContain('Not the same');
  });

  it('says what was not the same', async () => {
    await save(hoursAgo(1, { id: 'one' }), hoursAgo(0, { id: 'two', rate: 300, cluster: 'far' }));
    const { out } = await run('compare', 'one', 'two');
    expect(out).toContain('Not the same: cluster: local, far.');
    expect(out).toContain('Not the same: rate: 150, 300.');
  });

  it('names those that an id may mean', async () => {
    await save(hoursAgo(1, { id: 'run-1' }), hoursAgo(0, { id: 'run-10' }));
    const { code, err } = await run('compare', 'run', 'run-1');
    expect(code).toBe(2);
    expect(err).toContain('Several baselines begin with "run"');
    expect(err).toContain('run-10  checkout');
    expect((await run('compare', 'run-1', 'run-10')).code).toBe(0);
    const missing = await run('compare', 'run-1', 'nothing');
    expect(missing.err).toContain('There is no baseline "nothing"');
  });
});
