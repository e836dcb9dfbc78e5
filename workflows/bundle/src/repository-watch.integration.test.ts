import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import {
  failureOf,
  MeshwrightError,
  Message,
  TaskQueue,
  workflowId,
  WorkflowType,
  type RepositoryStatus,
} from '@meshwright/model';
import { openWorld } from './test-support/open-world.ts';
import { decisionOn, inPhase, stated, statusOf } from './test-support/rollouts.ts';
import { invalidRollout, sampleCommit, sampleRollout } from './test-support/samples.ts';
import { eventually } from './test-support/world.ts';

const world = openWorld();
let watch: WorkflowHandle;

afterEach(() => watch.terminate());

async function startWatch(looksPerRun = 100): Promise<void> {
  const repository = `patterns-${randomUUID()}`;
  watch = await world.client.workflow.start(WorkflowType.repositoryWatch, {
    taskQueue: TaskQueue.orchestrator,
    workflowId: workflowId.repository(repository),
    args: [{ repository, looksPerRun }],
  });
}

function status(): Promise<RepositoryStatus> {
  return watch.query<RepositoryStatus>(Message.repositoryStatus);
}

/** The rollouts there ever were of a pattern, by their ids. */
async function rolloutsOf(pattern: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { workflowId: id } of world.client.workflow.list({
    query: `WorkflowType = "patternRollout" AND MeshwrightPattern = "${pattern}"`,
  })) {
    found.push(id);
  }
  return found;
}

async function hasRead(commit: string): Promise<void> {
  await eventually('the commit has been read', async () => {
    expect((await status()).lastCommit?.id).toBe(commit);
  });
}

describe('a repository watch', () => {
  it('starts one rollout for each pattern that a commit changes', async () => {
    const subject = `First ${randomUUID()}`;
    const inputs = [
      sampleRollout('one', { subject }),
      { ...invalidRollout('two'), commit: sampleCommit(subject) },
    ];
    world.repository.moveTo(inputs);
    await startWatch();
    await hasRead(inputs[0]!.commit.id);
    expect(await status()).toMatchObject({
      observation: 'unchanged',
      waitingFor: 'the next commit',
      patterns: inputs.map(({ path, pattern, commit }) => ({
        path,
        pattern,
        rollout: workflowId.rollout(pattern, commit.id),
      })),
    });
    const result: unknown = await world.client.workflow
      .getHandle(workflowId.rollout('one', inputs[0]!.commit.id))
      .result();
    expect(result).toMatchObject({ phase: 'succeeded' });
    expect(world.repository.reads).toMatchObject([{ known: {} }]);
  });

  it('is woken by a hint while it waits', async () => {
    world.repository.polls = false;
    await startWatch();
    await eventually('it waits', () => expect(world.repository.waits).toBe(1));
    const input = sampleRollout('hinted', { subject: `Hinted ${randomUUID()}` });
    world.repository.moveTo([input]);
    await watch.signal(Message.repositoryHint);
    await hasRead(input.commit.id);
  });

  it('tells the reader what it knows, and names the rollout that a newer commit supersedes', async () => {
    const approval = { required: true };
    const first = sampleRollout('superseded', { subject: `A ${randomUUID()}`, approval });
    const second = sampleRollout('superseded', { subject: `B ${randomUUID()}` });
    world.repository.moveTo([first]);
    await startWatch();
    await hasRead(first.commit.id);
    world.repository.moveTo([second]);
    await hasRead(second.commit.id);
    expect(world.repository.reads[1]).toMatchObject({
      previousCommit: first.commit.id,
      known: { 'superseded.yaml': { pattern: 'superseded' } },
    });
    const older = world.client.workflow.getHandle(workflowId.rollout('superseded', first.commit.id));
    await expect(older.result()).rejects.toMatchObject({ cause: { type: 'SUPERSEDED' } });
    const newer = world.client.workflow.getHandle(workflowId.rollout('superseded', second.commit.id));
    expect(await newer.result()).toMatchObject({ phase: 'succeeded' });
  });

  it('keeps what it knows when it continues as new', async () => {
    const input = sampleRollout('carried', { subject: `Carried ${randomUUID()}` });
    world.repository.moveTo([input]);
    await startWatch(2);
    await hasRead(input.commit.id);
    const firstRun = (await watch.describe()).runId;
    await watch.signal(Message.repositoryHint);
    await eventually('another run goes on', async () => {
      expect((await world.client.workflow.getHandle(watch.workflowId).describe()).runId).not.toBe(firstRun);
    });
    expect(await status()).toMatchObject({
      lastCommit: { id: input.commit.id },
      patterns: [{ path: 'carried.yaml', rollout: workflowId.rollout('carried', input.commit.id) }],
    });
    const next = sampleRollout('carried', { subject: `Next ${randomUUID()}` });
    world.repository.moveTo([next]);
    await hasRead(next.commit.id);
    expect(world.repository.reads.at(-1)).toMatchObject({ previousCommit: input.commit.id });
    expect(world.repository.reads).toHaveLength(2);
  });

  it('neither loses nor repeats a commit when its worker is restarted', async () => {
    const pattern = `restarted-${randomUUID()}`;
    const input = sampleRollout(pattern, { subject: `Restart ${randomUUID()}` });
    await startWatch();
    await eventually('it waits', () => expect(world.repository.waits).toBe(1));
    await world.stopOrchestrator();
    world.repository.moveTo([input]);
    await world.startOrchestrator();
    await hasRead(input.commit.id);
    await world.stopOrchestrator();
    await world.startOrchestrator();
    await watch.signal(Message.repositoryHint);
    await eventually('it has looked again', () => expect(world.repository.waits).toBeGreaterThan(2));
    expect(world.repository.reads).toHaveLength(1);
    await eventually('visibility knows', async () => {
      expect(await rolloutsOf(pattern)).toEqual([workflowId.rollout(pattern, input.commit.id)]);
    });
  });

  it('does not repeat what succeeded when the watch itself is started anew, but does what failed', async () => {
    const subject = `Anew ${randomUUID()}`;
    const good = sampleRollout(`good-${randomUUID()}`, { subject });
    const bad = { ...invalidRollout(`bad-${randomUUID()}`), commit: good.commit };
    for (const runs of [1, 2]) {
      world.repository.moveTo([good, bad]);
      await startWatch();
      await hasRead(good.commit.id);
      await world.client.workflow.getHandle(workflowId.rollout(good.pattern, good.commit.id)).result();
      await eventually('visibility knows', async () => {
        expect(await rolloutsOf(good.pattern)).toHaveLength(1);
        expect(await rolloutsOf(bad.pattern)).toHaveLength(runs);
      });
      await watch.terminate();
    }
    await startWatch();
  });

  it('notes a rewritten branch and files that are gone or moved', async () => {
    const subject = `Before ${randomUUID()}`;
    const inputs = [sampleRollout('kept', { subject }), sampleRollout('gone', { subject })];
    world.repository.moveTo(inputs);
    await startWatch();
    await hasRead(inputs[0]!.commit.id);
    const commit = sampleCommit(`Rewritten ${randomUUID()}`);
    world.repository.moveTo([], {
      commit,
      forced: true,
      removed: [{ path: 'gone.yaml', pattern: 'gone' }],
      renamed: [{ from: 'kept.yaml', to: 'moved.yaml', pattern: 'kept' }],
    });
    await hasRead(commit.id);
    const now = await status();
    expect(now.patterns).toEqual([
      { path: 'moved.yaml', pattern: 'kept', rollout: workflowId.rollout('kept', inputs[0]!.commit.id) },
    ]);
    expect(now.removed).toEqual([{ path: 'gone.yaml', pattern: 'gone' }]);
    expect(now.notes.join('\n')).toMatch(/rewritten[^]*kept\.yaml is now moved\.yaml[^]*gone\.yaml is gone/);
  });

  it('starts the uninstall of a pattern whose file is gone, which gives way when the file is back', async () => {
    const pattern = `gone-${randomUUID()}`;
    const first = sampleRollout(pattern, { subject: `Here ${randomUUID()}` });
    world.repository.moveTo([first]);
    await startWatch();
    await hasRead(first.commit.id);
    await world.client.workflow.getHandle(workflowId.rollout(pattern, first.commit.id)).result();
    const rollout = sampleRollout(pattern, { subject: `Gone ${randomUUID()}`, purpose: 'uninstall' });
    const { commit, path } = rollout;
    world.repository.moveTo([], { commit, removed: [{ path, pattern, rollout }] });
    await hasRead(commit.id);
    const id = workflowId.rollout(pattern, commit.id);
    expect((await status()).removed).toEqual([{ path, pattern, rollout: id }]);
    const uninstall = world.client.workflow.getHandle(id);
    await inPhase(uninstall, 'awaiting-approval');
    const { targets } = await statusOf(uninstall);
    expect(targets.map(({ plan, stages }) => [plan?.action, stages])).toEqual([['uninstall', []]]);
    const back = sampleRollout(pattern, { subject: `Back ${randomUUID()}` });
    world.repository.moveTo([back]);
    await hasRead(back.commit.id);
    await expect(uninstall.result()).rejects.toMatchObject({ cause: { type: 'SUPERSEDED' } });
    expect((await status()).removed).toEqual([]);
  });

  it('says why it cannot go on, and goes on when it can', async () => {
    world.repository.show({ kind: 'unreachable', reason: 'git.example.com does not answer' });
    await startWatch();
    await eventually('it says so', async () => {
      expect(await status()).toMatchObject({
        observation: 'unreachable',
        waitingFor: 'the repository: git.example.com does not answer',
      });
    });
    world.repository.show({ kind: 'branch-missing', branch: 'main' });
    await eventually('it says what is different', async () => {
      expect((await status()).waitingFor).toContain('branch main does not exist');
    });
    const input = sampleRollout('recovered', { subject: `Recovered ${randomUUID()}` });
    world.repository.moveTo([input]);
    await hasRead(input.commit.id);
    expect(await status()).toMatchObject({ observation: 'unchanged', waitingFor: 'the next commit' });
  });

  it('stays at the last good commit while the newest cannot be read, until it can', async () => {
    const unsigned = sampleCommit(`Unsigned ${randomUUID()}`).id;
    world.repository.moveToUnreadable(
      unsigned,
      new MeshwrightError('SIGNATURE_REFUSED', 'nobody known signed it', { remedy: 'Sign it.' }),
    );
    await startWatch();
    await eventually('it says so', async () => {
      const { observation, waitingFor, notes } = await status();
      expect(observation).toBe('refused');
      expect(waitingFor).toContain('nobody known signed it (Sign it.)');
      expect(notes).toHaveLength(1);
    });
    const input = sampleRollout('signed', { subject: `Signed ${randomUUID()}` });
    world.repository.moveTo([input]);
    await hasRead(input.commit.id);
    expect(world.repository.reads.map(({ commit }) => commit)).toEqual([unsigned, input.commit.id]);
  });

  it('knows that a rollout which takes the place of an undecided one is also the wish of its people', async () => {
    const zoe = { name: 'Zoe', email: 'zoe@example.com' };
    const bob = { name: 'Bob', email: 'bob@example.com' };
    const pattern = `taken-over-${randomUUID().slice(0, 8)}`;
    const by = (subject: string, ...contributors: { name: string; email: string }[]) => {
      const input = sampleRollout(pattern, {
        subject: `${subject} ${pattern}`,
        approval: { required: true },
      });
      return { ...input, commit: { ...input.commit, contributors } };
    };
    const first = by('First', zoe);
    world.repository.moveTo([first]);
    await startWatch();
    await inPhase(
      world.client.workflow.getHandle(workflowId.rollout(pattern, first.commit.id)),
      'awaiting-approval',
    );
    const second = by('Second', bob);
    world.repository.moveTo([second]);
    const rollout = world.client.workflow.getHandle(workflowId.rollout(pattern, second.commit.id));
    const status = await inPhase(rollout, 'awaiting-approval');
    const request = decisionOn(status, { account: stated('zoe@example.com') });
    const refused: unknown = await rollout
      .executeUpdate(Message.decide, { args: [request] })
      .catch((error: unknown) => error);
    expect(failureOf(refused).message).toBe(
      'zoe@example.com has a part in the commit and cannot decide on it.',
    );
    await rollout.terminate();
  });
});
