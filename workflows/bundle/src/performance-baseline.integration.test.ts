import { describe, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { type BaselineStatus, Message, MeshwrightError, type TrialInput } from '@meshwright/model';
import { startBaseline } from './test-support/baselines.ts';
import { sampleTrial } from './test-support/fake-load.ts';
import { openWorld } from './test-support/open-world.ts';
import { failureOfRun } from './test-support/rollouts.ts';
import { eventually } from './test-support/world.ts';

const world = openWorld();

function armOf({ request }: TrialInput): 'a' | 'b' {
  return request.endpoint.address.includes('//b.') ? 'b' : 'a';
}

async function resultOf(handle: WorkflowHandle): Promise<BaselineStatus> {
  return (await handle.result()) as BaselineStatus;
}

describe('a performance baseline', () => {
  it('measures both arms in each block, in drawn order, until it is certain', async () => {
    world.load.behaviour = (input, earlier) => sampleTrial((armOf(input) === 'b' ? 26 : 20) + earlier / 100);
    const { judgement, blocks, waitingFor } = await resultOf(await startBaseline(world, 'certain'));
    expect(judgement).toMatchObject({ verdict: 'regressed', metrics: [{ name: 'p99', blocks: 7 }] });
    expect(waitingFor).toBeUndefined();
    expect(blocks).toHaveLength(7);
    const arms = world.load.trials.map(armOf);
    expect(arms).toEqual(blocks.flatMap(({ order }) => order));
    expect(new Set(blocks.map(({ order }) => order[0]))).toEqual(new Set(['a', 'b']));
    // Both arms of a block send at the same times, and no two blocks do.
    const seeds = world.load.trials.map(({ request }) => request.seed);
    expect(new Set(seeds).size).toBe(7);
  });

  it('adds blocks while nothing is certain, up to the last look', async () => {
    world.load.behaviour = (input, earlier) =>
      sampleTrial(armOf(input) === 'a' ? 20 : [16, 25, 18, 24][earlier % 4]!);
    const { judgement, blocks } = await resultOf(await startBaseline(world, 'uncertain'));
    expect(blocks).toHaveLength(10);
    expect(judgement).toMatchObject({ verdict: 'inconclusive' });
  });

  it('repeats a trial that is not valid, and leaves out a block that stays so', async () => {
    const lagged = ['The generator lagged.'];
    world.load.behaviour = (_, earlier) => sampleTrial(20, [0, 2, 3, 4].includes(earlier) ? lagged : []);
    const { judgement, blocks } = await resultOf(await startBaseline(world, 'lagging'));
    expect(blocks.map(({ a, b }) => a.invalid.length + b.invalid.length)).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    expect(world.load.trials).toHaveLength(8 * 2 + 3);
    expect(judgement).toMatchObject({ verdict: 'passed', metrics: [{ blocks: 7 }] });
  });

  it('throws an interrupted trial away and repeats it, whole', async () => {
    const interrupted = { left: 1 };
    world.load.behaviour = () => {
      interrupted.left -= 1;
      if (interrupted.left === 0) throw new MeshwrightError('LOAD_FAILED', 'the agent went away');
      return sampleTrial(20);
    };
    const { blocks } = await resultOf(await startBaseline(world, 'interrupted'));
    expect(blocks).toHaveLength(7);
    expect(world.load.trials).toHaveLength(7 * 2 + 1);
  });

  it('goes on where it was when the orchestrator comes back', async () => {
    const begun = Promise.withResolvers<undefined>();
    const release = Promise.withResolvers<undefined>();
    world.load.behaviour = async (_, earlier) => {
      if (earlier === 5) {
        begun.resolve(undefined);
        await release.promise;
      }
      return sampleTrial(20);
    };
    const handle = await startBaseline(world, 'restarted');
    await begun.promise;
    await world.stopOrchestrator();
    release.resolve(undefined);
    await world.startOrchestrator();
    const { judgement } = await resultOf(handle);
    expect(judgement).toMatchObject({ verdict: 'passed' });
    expect(world.load.trials).toHaveLength(14);
  });

  it('says where it stands, and its verdict can be searched for', async () => {
    const release = Promise.withResolvers<undefined>();
    world.load.behaviour = async (_, earlier) => {
      if (earlier === 3) await release.promise;
      return sampleTrial(20);
    };
    const handle = await startBaseline(world, 'asked');
    await eventually('the second block is under way', async () => {
      const status = await handle.query<BaselineStatus>(Message.baselineStatus);
      expect(status.waitingFor).toMatch(/^block 2, arm /);
      expect(status.blocks).toHaveLength(1);
    });
    release.resolve(undefined);
    await handle.result();
    await eventually('the verdict is known', async () => {
      const query = 'MeshwrightVerdict = "passed" AND WorkflowId = "baseline:asked"';
      expect((await world.client.workflow.count(query)).count).toBe(1);
    });
  });

  it('keeps what both arms used, as far as trials tell', async () => {
    const cost = (millicores: number) => ({ cost: { proxies: { parts: 2, millicores, memory: 60e6 } } });
    world.load.behaviour = (input) => ({
      ...sampleTrial(20),
      ...(armOf(input) === 'a' ? cost(60) : cost(75)),
    });
    await resultOf(await startBaseline(world, 'costly'));
    const [record] = world.results.records;
    expect(record?.costs).toEqual([
      { arm: 'a', name: 'proxyCpu', unit: 'ms per 1,000 requests', value: 400 },
      { arm: 'a', name: 'proxyMemory', unit: 'bytes', value: 60e6 },
      { arm: 'b', name: 'proxyCpu', unit: 'ms per 1,000 requests', value: 500 },
      { arm: 'b', name: 'proxyMemory', unit: 'bytes', value: 60e6 },
    ]);
  });

  it('keeps what was measured, under the id of its run', async () => {
    const handle = await startBaseline(world, 'kept');
    const { blocks, notKept } = await resultOf(handle);
    const { runId, startTime } = await handle.describe();
    expect(notKept).toBeUndefined();
    expect(world.results.records).toMatchObject([
      {
        id: runId,
        context: { workflow: { id: 'baseline:kept', runId } },
        input: { name: 'kept' },
        status: { judgement: { verdict: 'passed' }, blocks },
        startedAt: startTime.getTime(),
      },
    ]);
  });

  it('stands by its verdict where the results database refuses it for good', async () => {
    world.results.refusal = new MeshwrightError('RESULTS_INCOMPATIBLE', 'the database is newer');
    const { judgement, notKept } = await resultOf(await startBaseline(world, 'refused'));
    expect(judgement).toMatchObject({ verdict: 'passed' });
    expect(notKept).toBe('the database is newer');
  });

  it('fails when the generator cannot run, and never takes another', async () => {
    world.load.behaviour = () => {
      throw new MeshwrightError('LOAD_UNAVAILABLE', 'There is no fortio here.', { remedy: 'Install it.' });
    };
    const handle = await startBaseline(world, 'absent', { generator: 'fortio' });
    expect(await failureOfRun(handle)).toMatchObject({ code: 'LOAD_UNAVAILABLE', remedy: 'Install it.' });
  });
});
