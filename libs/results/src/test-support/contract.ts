import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BaselineRecord, Verdict } from '@meshwright/model';
import { type RawBuilder, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend } from '../backend.ts';
import { selectBaselines } from '../listing.ts';
import { openBackend, openResults, type ResultsOptions } from '../open.ts';
import { selectFigures } from '../series.ts';
import type { ListQuery, ResultsStore, SeriesQuery } from '../store.ts';
import { summaryColumns } from '../summary.ts';
import { fill } from './many.ts';
import { controlledRecord, sampleRecord } from './records.ts';
import { refusedChanges } from './refused.ts';

/** What differs between the databases that the contract is tried on. */
export interface ContractBackend {
  name: string;
  /** An empty database of its own. */
  create(): Promise<ResultsOptions>;
  /** Lets go of what `create` has made. */
  remove(): Promise<void>;
  /** The statements that let every insertion of a trial of block 1 fail. */
  failing: string[];
  /** The statements that let every insertion of a trial of block 1 take longer than a test. */
  stalling: string[];
  /** The statement that takes the trigger of either away. */
  mended: string;
  /** Whether somebody is in the middle of a save. */
  isSaving(backend: Backend): Promise<boolean>;
  /** How the words for a query's plan begin. */
  explain: RawBuilder<unknown>;
  /** How a plan names the index of the ids. */
  keyIndex: RegExp;
  /** What a plan says of a table that is read as a whole. */
  wholeTable: RegExp;
  /** Makes plans know how much there is. */
  analyze: string;
}

/** What every results database does, on a real one. */
export function resultsContract(kind: ContractBackend): void {
  describe(`results in ${kind.name}`, () => {
    let options: ResultsOptions;
    let store: ResultsStore;
    let backend: Backend;

    beforeEach(async () => {
      options = await kind.create();
      store = await openResults(options);
      backend = await openBackend(options);
    });
    afterEach(async () => {
      await store.close();
      await backend.kysely.destroy();
      await kind.remove();
    });

    async function run(...statements: string[]): Promise<void> {
      for (const statement of statements) await sql.raw(statement).execute(backend.kysely);
    }

    async function countRows(): Promise<Record<string, number>> {
      const tables = ['baseline', 'baseline_metric', 'baseline_trial', 'baseline_cost'] as const;
      const counts: Record<string, number> = {};
      for (const table of tables) {
        counts[table] = (
          await backend.kysely
            .selectFrom(table)
            .select(sql<number>`1`.as('one'))
            .execute()
        ).length;
      }
      return counts;
    }

    const oneBaseline = { baseline: 1, baseline_metric: 2, baseline_trial: 4, baseline_cost: 1 };
    const nothing = { baseline: 0, baseline_metric: 0, baseline_trial: 0, baseline_cost: 0 };

    describe('a baseline', () => {
      it('is given back as it was saved, also by another process that opens the database', async () => {
        const record = sampleRecord({ id: 'run-1', blocks: 3 });
        await store.save(record);
        expect(await store.get('run-1')).toEqual(record);
        const other = await openResults(options);
        expect(await other.get('run-1')).toEqual(record);
        await other.close();
      });

      it('is undefined where there is none of the id', async () => {
        expect(await store.get('run-1')).toBeUndefined();
        for (const id of ["' or 1=1 --", '', 'a\0']) expect(await store.get(id)).toBeUndefined();
      });

      it('that is saved twice is there once', async () => {
        const record = sampleRecord({ id: 'run-1' });
        await store.save(record);
        await store.save(structuredClone(record));
        expect(await countRows()).toEqual(oneBaseline);
      });

      it('is never replaced by another one of the same id', async () => {
        await store.save(sampleRecord({ id: 'run-1', p99: 12 }));
        await expect(store.save(sampleRecord({ id: 'run-1', p99: 13 }))).rejects.toMatchObject({
          code: 'INVALID_INPUT',
        });
        expect((await store.get('run-1'))!.status.blocks[0]!.b.measured.p99).toBe(12);
      });

      it('needs neither a judgement nor blocks nor a context', async () => {
        const stopped: BaselineRecord = { ...sampleRecord({ id: 'stopped', blocks: 0 }), context: {} };
        delete stopped.costs;
        delete stopped.status.judgement;
        await store.save(stopped);
        expect(await store.get('stopped')).toEqual(stopped);
        const [summary] = (await store.list()).baselines;
        expect(summary).toMatchObject({ id: 'stopped', blocks: 0, context: { arms: { a: {}, b: {} } } });
        expect(summary).not.toHaveProperty('verdict');
      });

      it('keeps the credentials of its endpoints to itself', async () => {
        const record = sampleRecord({ id: 'run-1' });
        const { input } = record;
        const endpoint = {
          ...input.paths.a.endpoint,
          address: 'http://bob:hunter2@shop/',
          headers: { Authorization: 'Bearer hunter2', 'x-api-key': 'hunter2', accept: 'text/html' },
        };
        await store.save({ ...record, input: { ...input, paths: { ...input.paths, a: { endpoint } } } });
        const rows = await backend.kysely.selectFrom('baseline').selectAll().execute();
        expect(JSON.stringify(rows)).not.toContain('hunter2');
        expect((await store.get('run-1'))!.input.paths.a.endpoint).toMatchObject({
          address: 'http://(removed)@shop/',
          headers: { accept: 'text/html' },
        });
      });
    });

    describe('hostile text', () => {
      const texts = [
        `'; drop table baseline; --`,
        `"quoted" \\ back\\slash`,
        '%_*?',
        'a\0b',
        'half \ud800 a character',
        '\u202e\u001b[31m\r\n\t',
        '漢字 🙂',
        'x'.repeat(250),
      ];

      it.each(texts.map((text) => [JSON.stringify(text).slice(0, 30), text]))(
        'is kept and found as it is: %s',
        async (_, text) => {
          const record = sampleRecord({ id: 'run-1', name: text, pattern: text, cluster: text });
          record.status.judgement!.reason = text.repeat(400);
          const trial = record.status.blocks[0]!.a;
          record.status.blocks[0]!.a = { ...trial, errors: { [text]: 1 }, invalid: [text] };
          await store.save(record);
          expect(await store.get('run-1')).toEqual(record);
          const { baselines } = await store.list({ pattern: text, cluster: text });
          expect(baselines.map(({ id }) => id)).toEqual(['run-1']);
          expect(await store.series({ metric: 'p99', pattern: text })).toHaveLength(1);
          expect((await store.list({ pattern: `${text}x`.slice(0, 249) })).baselines).toEqual([]);
        },
      );
    });

    describe('what cannot be kept is refused before anything is written', () => {
      it.each(refusedChanges)('%s', async (_, change, place) => {
        const record = sampleRecord({ id: 'run-1' });
        await expect(store.save({ ...record, ...change(record) })).rejects.toMatchObject({
          code: 'INVALID_INPUT',
          message: expect.stringContaining(place) as string,
        });
        expect(await countRows()).toEqual(nothing);
      });
    });

    describe('a list', () => {
      it('has the newest first, with what was found of each metric', async () => {
        await store.save(sampleRecord({ id: 'old', startedAt: 1_000 }));
        await store.save(sampleRecord({ id: 'new', startedAt: 2_000, p99: 15 }));
        const { baselines, next } = await store.list();
        expect(next).toBeUndefined();
        expect(baselines.map(({ id }) => id)).toEqual(['new', 'old']);
        expect(baselines[0]).toMatchObject({
          name: 'checkout',
          context: {
            pattern: 'checkout-mesh',
            arms: { a: { mesh: { type: 'istio', version: '1.30.2', revision: '1-30-2' } } },
          },
          conditions: {
            a: { endpoint: 'http://shop-v1:8080/' },
            b: { endpoint: 'http://shop-v2:8080/', rate: 150 },
          },
          startedAt: 2_000,
          endedAt: 602_000,
          blocks: 2,
          verdict: 'passed',
          metrics: [
            { name: 'p99', unit: 'ms', ratio: 1.02, interval: [0.98, 1.06], figures: { a: 11, b: 15 } },
            { name: 'p50', verdict: 'inconclusive', figures: { a: 2.5, b: 2.5 } },
          ],
        });
      });

      it('has metrics that were judged without having been asked for', async () => {
        const record = sampleRecord({ id: 'run-1' });
        const judged = { name: 'errorRate', verdict: Verdict.regressed, reason: 'more', blocks: 2, ratio: 3 };
        record.status.judgement!.metrics.push(judged);
        await store.save(record);
        const [summary] = (await store.list({ metric: 'errorRate' })).baselines;
        expect(summary!.metrics[2]).toEqual({
          name: 'errorRate',
          verdict: 'regressed',
          ratio: 3,
          figures: {},
        });
      });

      it('takes the figures of valid trials only', async () => {
        const record = sampleRecord({ id: 'run-1', blocks: 3, p99: 12 });
        const [first, second] = record.status.blocks;
        record.status.blocks[0] = {
          ...first!,
          b: { ...first!.b, measured: { p99: 99 }, invalid: ['too slow'] },
        };
        record.status.blocks[1] = { ...second!, b: { ...second!.b, measured: { p99: 14 } } };
        await store.save(record);
        const [summary] = (await store.list()).baselines;
        expect(summary!.metrics[0]!.figures.b).toBe(13);
      });

      it('is restricted by pattern, cluster, mesh, metric and the beginning of the id', async () => {
        await store.save(sampleRecord({ id: 'abc-1' }));
        await store.save(sampleRecord({ id: 'abd-2', pattern: 'other', cluster: 'far', mesh: 'linkerd' }));
        const ids = async (query: Parameters<ResultsStore['list']>[0]) =>
          (await store.list(query)).baselines.map(({ id }) => id);
        expect(await ids({ pattern: 'other' })).toEqual(['abd-2']);
        expect(await ids({ cluster: 'local' })).toEqual(['abc-1']);
        expect(await ids({ mesh: 'linkerd' })).toEqual(['abd-2']);
        expect(await ids({ metric: 'p50', cluster: 'far' })).toEqual(['abd-2']);
        expect(await ids({ metric: 'p90' })).toEqual([]);
        expect(await ids({ id: 'abc-1' })).toEqual(['abc-1']);
        expect(await ids({ id: 'abc' })).toEqual([]);
        expect(await ids({ idPrefix: 'ab' })).toHaveLength(2);
        expect(await ids({ idPrefix: 'abc' })).toEqual(['abc-1']);
        expect(await ids({ idPrefix: '%' })).toEqual([]);
        expect(await ids({ idPrefix: 'ABC' })).toEqual([]);
      });

      it('goes through all baselines once, page by page, while others are saved', async () => {
        for (let place = 0; place < 10; place += 1) {
          // Several have begun in the same millisecond.
          await store.save(sampleRecord({ id: `run-${place}`, startedAt: 1_000 + Math.floor(place / 4) }));
        }
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await store.list({ limit: 3, ...(cursor === undefined ? {} : { cursor }) });
          seen.push(...page.baselines.map(({ id }) => id));
          cursor = page.next;
          await store.save(sampleRecord({ id: `later-${seen.length}`, startedAt: 5_000 }));
        } while (cursor !== undefined);
        expect(seen).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((place) => `run-${place}`));
      });

      it.each(['x', '', 'W10', Buffer.from('["1","a"]').toString('base64url'), '%00'])(
        'refuses the cursor %j',
        async (cursor) => {
          await expect(store.list({ cursor })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
        },
      );

      it.each([0, 1.5, 1_001, Number.NaN])('refuses the limit %d', async (limit) => {
        await expect(store.list({ limit })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      });
    });

    describe('a series', () => {
      it('has the figures of an arm from the oldest to the newest', async () => {
        await store.save(sampleRecord({ id: 'two', startedAt: 2_000, p99: 13 }));
        await store.save(sampleRecord({ id: 'one', startedAt: 1_000, p99: 12 }));
        expect(await store.series({ metric: 'p99', pattern: 'checkout-mesh' })).toEqual([
          {
            metric: 'p99',
            unit: 'ms',
            arm: 'b',
            pattern: 'checkout-mesh',
            cluster: 'local',
            conditions: {
              digest: expect.stringMatching(/^sha256:/) as string,
              agent: 'local',
              generator: 'builtin',
              endpoint: 'http://shop-v2:8080/',
              rate: 150,
              connections: 16,
              seconds: 20,
            },
            points: [
              {
                id: 'one',
                startedAt: 1_000,
                value: 12,
                mesh: 'istio',
                meshVersion: '1.31.0',
                verdict: 'passed',
                ratio: 1.02,
              },
              {
                id: 'two',
                startedAt: 2_000,
                value: 13,
                mesh: 'istio',
                meshVersion: '1.31.0',
                verdict: 'passed',
                ratio: 1.02,
              },
            ],
          },
        ]);
        const [before] = await store.series({ metric: 'p99', arm: 'a' });
        expect(before!.points.map(({ value, meshVersion }) => [value, meshVersion])).toEqual([
          [11, '1.30.2'],
          [11, '1.30.2'],
        ]);
      });

      it('keeps what a control saw beside the trials', async () => {
        const record = controlledRecord({ id: 'run-1' });
        await store.save(record);
        expect(await store.get('run-1')).toEqual(record);
      });

      it('never mixes figures that probes have sent with those that the agent has', async () => {
        const record = sampleRecord({ id: '1', startedAt: 1 });
        const probe = { cluster: 'local', namespace: 'shop', labelSelector: 'app=probe', port: 8080 };
        const { paths } = record.input;
        const sent = { a: { ...paths.a, probe }, b: { ...paths.b, probe } };
        await store.save({ ...record, input: { ...record.input, paths: sent } });
        await store.save(sampleRecord({ id: '2', startedAt: 2 }));
        expect(await store.series({ metric: 'p99' })).toHaveLength(2);
      });

      it('never mixes figures of other loads, patterns or clusters', async () => {
        await store.save(sampleRecord({ id: '1', startedAt: 1 }));
        await store.save(sampleRecord({ id: '2', startedAt: 2, rate: 300 }));
        await store.save(sampleRecord({ id: '3', startedAt: 3, cluster: 'far' }));
        await store.save(sampleRecord({ id: '4', startedAt: 4, pattern: 'other' }));
        await store.save(sampleRecord({ id: '5', startedAt: 5 }));
        const series = await store.series({ metric: 'p99' });
        expect(series.map(({ points }) => points.map(({ id }) => id))).toEqual([
          ['1', '5'],
          ['4'],
          ['3'],
          ['2'],
        ]);
        const near = await store.series({ metric: 'p99', cluster: 'far', endpoint: 'http://shop-v2:8080/' });
        expect(near.map(({ points }) => points.map(({ id }) => id))).toEqual([['3']]);
        expect(await store.series({ metric: 'p99', endpoint: 'http://elsewhere/' })).toEqual([]);
      });

      it('is the newest part where there is more than was asked for', async () => {
        for (let place = 0; place < 5; place += 1)
          await store.save(sampleRecord({ id: `${place}`, startedAt: place }));
        const [series] = await store.series({ metric: 'p99', limit: 2 });
        expect(series!.points.map(({ id }) => id)).toEqual(['3', '4']);
      });
    });

    describe('several at once', () => {
      it('can be processes of their own that bring up a new database and save', async () => {
        const fresh = await kind.create();
        const ids = ['run-1', 'run-2', 'run-3', 'run-3'];
        const children = ids.map((id) => startSave(fresh, sampleRecord({ id })));
        const codes = await Promise.all(
          children.map(async (child) => (await once(child, 'exit'))[0] as unknown),
        );
        expect(codes).toEqual([0, 0, 0, 0]);
        const reader = await openResults(fresh);
        expect((await reader.list()).baselines.map(({ id }) => id)).toEqual(['run-3', 'run-2', 'run-1']);
        await reader.close();
      });

      it('can open and bring up a new database', async () => {
        const fresh = await kind.create();
        const stores = await Promise.all(Array.from({ length: 5 }, () => openResults(fresh)));
        await stores[0]!.save(sampleRecord({ id: 'run-1' }));
        expect((await stores[4]!.list()).baselines).toHaveLength(1);
        await Promise.all(stores.map((each) => each.close()));
      });

      it('can save, the same and others', async () => {
        const writers = await Promise.all([openResults(options), openResults(options)]);
        const records = Array.from({ length: 20 }, (_, place) =>
          sampleRecord({ id: `run-${place}`, startedAt: place }),
        );
        await Promise.all(writers.flatMap((writer) => records.map((record) => writer.save(record))));
        expect((await store.list()).baselines).toHaveLength(20);
        await Promise.all(writers.map((each) => each.close()));
      });
    });

    describe('a save', () => {
      it('that fails half-way leaves nothing behind, and can be repeated', async () => {
        await run(...kind.failing);
        const record = sampleRecord({ id: 'run-1' });
        await expect(store.save(record)).rejects.toMatchObject({ code: 'RESULTS_UNAVAILABLE' });
        expect(await countRows()).toEqual(nothing);
        await run(kind.mended);
        await store.save(record);
        expect(await countRows()).toEqual(oneBaseline);
      });

      it('whose process is killed half-way leaves nothing behind, and can be repeated', async () => {
        await run(...kind.stalling);
        const child = startSave(options, sampleRecord({ id: 'run-1' }));
        const ended = once(child, 'exit');
        while (!(await kind.isSaving(backend))) {
          if (child.exitCode !== null) throw new Error('The save ended before it could be killed.');
          await delay(20);
        }
        child.kill('SIGKILL');
        expect((await ended)[1]).toBe('SIGKILL');
        while (await kind.isSaving(backend)) await delay(20);
        expect(await countRows()).toEqual(nothing);
        await run(kind.mended);
        await store.save(sampleRecord({ id: 'run-1' }));
        expect(await countRows()).toEqual(oneBaseline);
      });
    });

    it('refuses a database that is newer than the program', async () => {
      await run('insert into results_migration values (99, 0)');
      await expect(openResults(options)).rejects.toMatchObject({
        code: 'RESULTS_INCOMPATIBLE',
        message: expect.stringMatching(/has version 99; this program knows \d+/) as string,
      });
    });

    it('stays fast over ten thousand baselines: every usual query uses its index', async () => {
      await fill(backend, 10_000);
      await run(kind.analyze);
      const { kysely } = backend;
      const cursor = (await store.list({ limit: 5 })).next!;
      const lists: [index: RegExp, query: ListQuery][] = [
        [/baseline_by_time/, {}],
        [/baseline_by_time/, { cursor }],
        [/baseline_by_pattern/, { pattern: 'pattern-7' }],
        [/baseline_by_pattern/, { pattern: 'pattern-7', metric: 'p99', cursor }],
        [/baseline_by_cluster/, { cluster: 'cluster-3' }],
        [/baseline_by_mesh/, { mesh: 'mesh-1' }],
        [kind.keyIndex, { id: 'run-77' }],
        [kind.keyIndex, { idPrefix: 'run-77' }],
      ];
      for (const [index, query] of lists) {
        const select = selectBaselines(kysely, query).select(summaryColumns).limit(51);
        await expectIndex(index, select, JSON.stringify(query));
      }
      const series: [index: RegExp, query: Omit<SeriesQuery, 'metric'>][] = [
        [/baseline_by_pattern/, { pattern: 'pattern-7' }],
        [/baseline_by_cluster/, { cluster: 'cluster-3', endpoint: 'http://shop-v2:8080/' }],
      ];
      for (const [index, query] of series) {
        const select = selectFigures(kysely, { metric: 'p99', ...query, limit: 1_000 });
        await expectIndex(index, select, JSON.stringify(query));
      }
      expect((await store.list({ pattern: 'pattern-7', limit: 1_000 })).baselines).toHaveLength(100);
      expect((await store.series({ metric: 'p99', pattern: 'pattern-7' }))[0]!.points).toHaveLength(100);
    });

    async function expectIndex(
      index: RegExp,
      query: { compile(): { sql: string; parameters: readonly unknown[] } },
      described: string,
    ): Promise<void> {
      const { sql: text, parameters } = query.compile();
      const compiled = kind.explain.compile(backend.kysely);
      const plan = await backend.kysely.executeQuery({
        ...compiled,
        sql: `${compiled.sql} ${text}`,
        parameters,
      });
      const lines = plan.rows.map((row) => JSON.stringify(row)).join('\n');
      expect(lines, described).toMatch(index);
      expect(lines, described).not.toMatch(kind.wholeTable);
    }
  });
}

/** A process that saves a record. */
function startSave(options: ResultsOptions, record: BaselineRecord): ChildProcess {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./save.ts', import.meta.url))], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin.end(JSON.stringify({ options, record }));
  return child;
}
