import { describe, expect, it } from 'vitest';
import {
  failureOf,
  MeshwrightError,
  Message,
  type PlanSummary,
  type RolloutInput,
  type RolloutStatus,
} from '@meshwright/model';
import { openWorld } from './test-support/open-world.ts';
import { endOf, stageLog, startRollout, statusOf, workflowState } from './test-support/rollouts.ts';
import { eventually } from './test-support/world.ts';
import { invalidRollout, samplePlan, sampleRollout } from './test-support/samples.ts';

const world = openWorld();

const bothInTurn = [
  { cluster: 'second', wave: 2 },
  { cluster: 'local', wave: 1 },
];

describe('a rollout without approval', () => {
  it('plans every target first, then applies and verifies stage by stage, wave by wave', async () => {
    const status = (await (
      await startRollout(world, sampleRollout('waves', { targets: bothInTurn }))
    ).result()) as RolloutStatus;
    expect(world.targets.log.slice(0, 2).toSorted()).toEqual(['local planChange', 'second planChange']);
    expect(world.targets.log.slice(2)).toEqual(
      ['local', 'second'].flatMap((cluster) => [
        ...stageLog(cluster, 'base', 'control-plane'),
        `${cluster} concludeChange kept`,
      ]),
    );
    expect(status).toMatchObject({
      rollout: expect.stringMatching(/^rollout:waves@[0-9a-f]{12}$/) as string,
      phase: 'succeeded',
      targets: [
        {
          cluster: 'local',
          phase: 'succeeded',
          stages: [{ id: 'base', state: 'done', note: 'applied; healthy' }, { state: 'done' }],
        },
        { cluster: 'second', phase: 'succeeded' },
      ],
    });
    expect(status.finishedAt).toBeGreaterThanOrEqual(status.startedAt);
    expect(status).not.toHaveProperty('waitingFor');
  });

  it('can be found by what it is about', async () => {
    const handle = await startRollout(world, sampleRollout('searchable'));
    await handle.result();
    await eventually('visibility knows the rollout', async () => {
      const query = `MeshwrightPattern = "searchable" AND MeshwrightPhase = "succeeded" AND MeshwrightCluster = "local" AND MeshwrightMesh = "istio" AND WorkflowType = "patternRollout"`;
      const { count } = await world.client.workflow.count(query);
      expect(count).toBe(1);
    });
  });

  it('succeeds without touching a target whose plan is empty', async () => {
    world.targets.behaviour.planChange = (input) =>
      Promise.resolve({ ...samplePlan(input), action: 'none', stages: [] });
    const status = (await (await startRollout(world, sampleRollout('empty'))).result()) as RolloutStatus;
    expect(status).toMatchObject({ phase: 'succeeded', targets: [{ phase: 'succeeded', stages: [] }] });
    expect(world.targets.log).toEqual(['local planChange']);
  });

  it('waits out failures that may pass', async () => {
    let left = 2;
    world.targets.behaviour.applyStage = () => {
      if (left === 0) return Promise.resolve({ note: 'applied at last' });
      left -= 1;
      return Promise.reject(new MeshwrightError('CLUSTER_UNREACHABLE', 'local does not answer'));
    };
    const status = (await (await startRollout(world, sampleRollout('patience'))).result()) as RolloutStatus;
    expect(status.phase).toBe('succeeded');
    expect(world.targets.log.filter((entry) => entry === 'local applyStage base')).toHaveLength(3);
  });
});

describe('a rollout of an invalid pattern', () => {
  it('ends as Failed with the diagnostics, and still answers for itself', async () => {
    const handle = await startRollout(world, invalidRollout('broken'));
    const error = await endOf(handle);
    expect(failureOf(error)).toMatchObject({
      code: 'INVALID_PATTERN',
      message: expect.stringContaining('1 error') as string,
    });
    expect(failureOf(error).lines?.join('\n')).toContain('broken.yaml:3:5: error: unknown field');
    expect(await workflowState(handle)).toBe('FAILED');
    expect(await statusOf(handle)).toMatchObject({
      phase: 'invalid',
      targets: [],
      diagnostics: [{ line: 3 }],
    });
    expect(world.targets.log).toEqual([]);
  });
});

describe('a rollout that goes wrong', () => {
  it('changes nothing when one plan cannot be made', async () => {
    world.targets.behaviour.planChange = (input) =>
      input.cluster === 'local'
        ? Promise.resolve(samplePlan(input))
        : Promise.reject(
            new MeshwrightError('FOREIGN_INSTALLATION', 'second has an istio of somebody else', {
              remedy: 'Adopt it.',
            }),
          );
    const handle = await startRollout(world, sampleRollout('unplannable', { targets: bothInTurn }));
    expect(failureOf(await endOf(handle))).toMatchObject({
      code: 'FOREIGN_INSTALLATION',
      remedy: 'Adopt it.',
    });
    expect(await statusOf(handle)).toMatchObject({
      phase: 'failed',
      targets: [
        { cluster: 'local', phase: 'cancelled', failure: { code: 'NOT_STARTED' } },
        { cluster: 'second', phase: 'failed', failure: { code: 'FOREIGN_INSTALLATION' } },
      ],
    });
    expect(world.targets.log.some((entry) => entry.includes('applyStage'))).toBe(false);
  });
});

describe('two rollouts for one mesh on one cluster', () => {
  it('queue: the second says whom it waits for, and plans again when its turn comes', async () => {
    const gate = Promise.withResolvers<{ note: string }>();
    const first = sampleRollout('holder');
    const heldPlan = planOf(first).digest;
    world.targets.behaviour.applyStage = ({ plan, stage }) =>
      plan === heldPlan && stage === 'base' ? gate.promise : Promise.resolve({ note: 'applied' });
    const holder = await startRollout(world, first);
    await eventually('the first changes', async () =>
      expect((await statusOf(holder)).phase).toBe('changing'),
    );
    const waiter = await startRollout(world, sampleRollout('waiter'));
    await eventually('the second queues', async () => {
      const status = await statusOf(waiter);
      expect(status.phase).toBe('queued');
      expect(status.waitingFor).toContain('change:local/istio');
    });
    const plansBefore = world.targets.log.filter((entry) => entry === 'local planChange').length;
    gate.resolve({ note: 'applied' });
    expect(await holder.result()).toMatchObject({ phase: 'succeeded' });
    expect(await waiter.result()).toMatchObject({ phase: 'succeeded' });
    expect(world.targets.log.filter((entry) => entry === 'local planChange')).toHaveLength(plansBefore + 1);
  });

  it('lets the older one go when a newer takes its place', async () => {
    const gate = Promise.withResolvers<{ note: string }>();
    world.targets.behaviour.applyStage = () => gate.promise;
    const holder = await startRollout(world, sampleRollout('busy'));
    await eventually('it changes', async () => expect((await statusOf(holder)).phase).toBe('changing'));
    const older = await startRollout(world, sampleRollout('outdated'));
    await eventually('it queues', async () => expect((await statusOf(older)).phase).toBe('queued'));
    await older.signal(Message.superseded, 'rollout:outdated@ffffffffffff');
    expect(failureOf(await endOf(older))).toMatchObject({ code: 'SUPERSEDED' });
    gate.resolve({ note: 'applied' });
    expect(await holder.result()).toMatchObject({ phase: 'succeeded' });
  });
});

function planOf({ pattern, commit, purpose }: RolloutInput): PlanSummary {
  return samplePlan({ cluster: 'local', pattern, commit: commit.id, purpose });
}
