import { ScheduleOverlapPolicy } from '@temporalio/client';
import type { BaselineStatus } from '@meshwright/model';
import { sampleTrial } from '@meshwright/workflow-bundle/test-support/fake-load';
import { eventually } from '@meshwright/workflow-bundle/test-support/world';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BaselineSchedule } from './schedules/schedules.ts';
import { type Engine, startEngine } from './test-support/engine.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.world.load.reset();
  engine.world.results.reset();
});

const addresses = ['--a', 'http://a.example/', '--b', 'http://b.example/'];

function create(name: string, ...more: string[]) {
  return engine.run(['schedule', 'create', name, ...addresses, ...more]);
}

async function show(name: string): Promise<BaselineSchedule> {
  const { code, out, err } = await engine.run(['schedule', 'show', name, '--json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as BaselineSchedule;
}

describe('a schedule', () => {
  it('is created, shown and listed with its next time, and deleted', async () => {
    const created = await create(
      'nightly',
      '--cron',
      '30 3 * * *',
      '--timezone',
      'Europe/Berlin',
      '--rate',
      '200',
    );
    expect(created).toMatchObject({ code: 0, err: '' });
    expect(created.out).toContain('nightly: created');
    expect(created.out).toMatch(/when +30 3 \* \* \* Europe\/Berlin/);
    const schedule = await show('nightly');
    expect(schedule).toMatchObject({
      name: 'nightly',
      when: { cron: '30 3 * * *', timezone: 'Europe/Berlin' },
      input: {
        name: 'nightly',
        load: { rate: 200 },
        paths: { b: { endpoint: { address: 'http://b.example/' } } },
      },
      paused: false,
      begun: 0,
    });
    expect(schedule.next[0]).toMatch(/T0[12]:30:00/);
    await eventually('it is listed', async () => {
      const listed = await engine.run(['schedule', 'list']);
      expect(listed.out).toMatch(/nightly +30 3 \* \* \* Europe\/Berlin/);
    });
    expect(await engine.run(['schedule', 'delete', 'nightly'])).toMatchObject({
      code: 0,
      out: 'nightly: deleted\n',
    });
    expect(await engine.run(['schedule', 'show', 'nightly'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no schedule nightly') as string,
    });
  });

  it('stays as it is where it is created again, and changes only when told so', async () => {
    await create('again', '--every', '6h');
    expect((await create('again', '--every', '6h')).out).toContain('again: unchanged');
    const refused = await create('again', '--every', '2h', '--seconds', '30');
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain('input.load.seconds: 20, now 30');
    expect(refused.err).toContain('when.everySeconds: 21600, now 7200');
    expect(await show('again')).toMatchObject({ when: { everySeconds: 21_600 } });

    await engine.run(['schedule', 'pause', 'again']);
    expect((await create('again', '--every', '2h', '--seconds', '30', '--replace')).out).toContain(
      'again: replaced',
    );
    // Who paused it has not said that it may go on.
    expect(await show('again')).toMatchObject({
      when: { everySeconds: 7_200 },
      input: { load: { seconds: 30 } },
      paused: true,
    });
    expect((await create('again', '--every', '2h', '--seconds', '30')).out).toContain('again: unchanged');
  });

  it('is paused with a reason, and resumed', async () => {
    await create('paused', '--every', '1h');
    const paused = await engine.run(['schedule', 'pause', 'paused', '--reason', 'the cluster moves']);
    expect(paused.out).toMatch(/next +paused: the cluster moves/);
    expect(await show('paused')).toMatchObject({ paused: true, note: 'the cluster moves' });
    expect((await engine.run(['schedule', 'resume', 'paused'])).out).toContain('paused: resumed');
    expect(await show('paused')).toMatchObject({ paused: false });
  });

  it.each([
    ['without a time', [], 'a cron expression or an interval'],
    ['with two', ['--every', '1h', '--cron', '0 3 * * *'], 'a cron expression or an interval'],
    [
      'with an interval in a timezone',
      ['--every', '1h', '--timezone', 'UTC'],
      'a cron expression or an interval',
    ],
    ['with an expression that is none', ['--cron', 'every night'], 'The schedule refused was refused'],
    ['with a timezone that is none', ['--cron', '0 3 * * *', '--timezone', 'Mars/Olympus'], 'was refused'],
    ['with a limit that nobody measures', ['--every', '1h', '--limit', 'cpu=10%'], 'where a pod sends'],
    ['with too little load', ['--every', '1h', '--rate', '1'], 'needs 60 requests'],
  ])('is refused %s', async (_, options, message) => {
    const { code, err } = await create('refused', ...options);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});

describe('a run of a schedule', () => {
  it('measures what was asked for under an id of its own, and is kept like any other', async () => {
    await create('often', '--every', '30d');
    const { client } = engine.world;
    const handle = client.schedule.getHandle('baseline:often');
    await handle.trigger(ScheduleOverlapPolicy.SKIP);
    const { recent } = await eventually('it has begun', async () => {
      const schedule = await show('often');
      expect(schedule.recent).toHaveLength(1);
      return schedule;
    });
    const [{ workflow, run }] = recent as [BaselineSchedule['recent'][number]];
    expect(workflow).toMatch(/^baseline:often-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const status = (await client.workflow.getHandle(workflow, run).result()) as BaselineStatus;
    expect(status).toMatchObject({ name: 'often', judgement: { verdict: 'passed' } });
    expect(engine.world.results.records).toMatchObject([
      { id: run, context: { workflow: { id: workflow, runId: run } } },
    ]);
  });

  it('is not begun while the one before is not over', async () => {
    await create('slow', '--every', '30d');
    const over = Promise.withResolvers<undefined>();
    engine.world.load.behaviour = async () => {
      await over.promise;
      return sampleTrial(20);
    };
    const handle = engine.world.client.schedule.getHandle('baseline:slow');
    await handle.trigger(ScheduleOverlapPolicy.SKIP);
    const { running } = await eventually('it runs', async () => {
      const schedule = await show('slow');
      expect(schedule.running).toHaveLength(1);
      return schedule;
    });
    await handle.trigger(ScheduleOverlapPolicy.SKIP);
    await eventually('it was skipped', async () => {
      expect(await show('slow')).toMatchObject({ begun: 1, skipped: 1 });
    });
    over.resolve(undefined);
    await engine.world.client.workflow.getHandle(running[0]!).result();
  });
});
