import { MeshwrightError, type RolloutInput, TaskQueue, workflowId, WorkflowType } from '@meshwright/model';
import { sampleRollout } from '@meshwright/workflow-bundle/test-support/samples';
import { eventually } from '@meshwright/workflow-bundle/test-support/world';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type Engine, startEngine, storePlan, unreachable } from './test-support/engine.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.world.targets.reset();
  engine.world.targets.behaviour.planChange = (input) => storePlan(engine.evidence, input);
});

function gated(pattern: string): RolloutInput {
  return sampleRollout(pattern, { approval: { required: true } });
}

async function start(input: RolloutInput): Promise<void> {
  await engine.world.client.workflow.start(WorkflowType.patternRollout, {
    taskQueue: TaskQueue.orchestrator,
    workflowId: workflowId.rollout(input.pattern, input.commit.id),
    args: [input],
  });
}

/** Runs the command until its exit code is this: visibility and workers take their time. */
function until(code: number, args: string[], said = ''): Promise<Answer> {
  return eventually(`${args.join(' ')} ends with ${code}`, async () => {
    const answer = await engine.run(args);
    expect(answer).toMatchObject({ code, out: expect.stringContaining(said) as string });
    return answer;
  });
}

/** The subject that `why` tells to approve. */
async function subjectOf(pattern: string): Promise<string> {
  const { out } = await until(3, ['why', pattern], 'Approval is missing');
  return /--subject (\S+)/.exec(out)![1]!;
}

describe('a rollout that waits for approval', () => {
  it('is listed, shown and explained, approved by its subject, and followed to its end', async () => {
    await start(gated('approved'));
    const subject = await subjectOf('approved');
    const waiting = await until(3, ['status', 'approved'], 'awaiting-approval');
    expect(waiting.out).toContain('1 to create, 1 to update, 1 to delete');
    const listed = await until(
      0,
      ['rollouts', '--phase', 'awaiting-approval', '--cluster', 'local'],
      'approved',
    );
    expect(listed.out).toContain('PATTERN');

    const approve = ['approve', 'approved', '--as', 'bob'];
    expect(await engine.run(approve)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--subject') as string,
    });
    const other = await engine.run([...approve, '--subject', `sha256:${'0'.repeat(64)}`]);
    expect(other).toMatchObject({
      code: 1,
      err: expect.stringContaining('not what --subject names') as string,
    });

    const approved = await engine.run([...approve, '--subject', subject]);
    expect(approved.err).toBe('');
    expect(approved.code).toBe(0);
    expect(approved.out).toContain('~ Deployment istio-system/istiod');
    expect(approved.out).toContain('Approved by bob (stated, not verified).');

    const watched = await engine.run(['watch', 'approved']);
    expect(watched.code).toBe(0);
    expect(watched.out).toMatch(/UTC {2}rollout:approved@[0-9a-f]{12}: succeeded\n$/);
    const done = await engine.run(['status', 'approved']);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toContain('✓ Control plane');
    expect(done.out).toContain('approved by bob');
    expect((await engine.run(['why', 'approved'])).out).toContain('It succeeded');
  });

  it('is rejected with a reason, and says so from then on', async () => {
    await start(gated('rejected'));
    const subject = await subjectOf('rejected');
    const reject = ['reject', 'rejected', '--reason', 'not today', '--as', 'bob', '--subject', subject];
    expect(await engine.run(reject)).toMatchObject({ code: 0, err: '' });
    const ended = await until(1, ['status', 'rejected'], 'rejected');
    expect(ended.out).toContain('bob rejected the plan: not today');
    expect(await engine.run(['approve', 'rejected', '--subject', subject])).toMatchObject({ code: 2 });
  });

  it('refuses the author of the commit, with what to do instead', async () => {
    await start(gated('own'));
    const subject = await subjectOf('own');
    const { code, err } = await engine.run([
      'approve',
      'own',
      '--as',
      'ann@example.com',
      '--subject',
      subject,
    ]);
    expect(code).toBe(1);
    expect(err).toContain('is the author of the commit');
    expect(err).toContain('remedy: ');
  });

  it('asks a person who can be asked, and does nothing unless they say yes', async () => {
    await start(gated('asked'));
    await subjectOf('asked');
    const asked: string[] = [];
    const answer = (text: string) => ({
      interactive: true,
      ask(question: string) {
        asked.push(question);
        return Promise.resolve(text);
      },
    });
    const approve = ['approve', 'asked', '--as', 'bob'];
    expect(await engine.run(approve, answer('no'))).toMatchObject({ code: 3 });
    expect(asked).toEqual(['Approve this as bob (from --as; stated, not verified)? Type yes: ']);
    expect(await engine.run(approve, answer('yes'))).toMatchObject({ code: 0 });
    await until(0, ['status', 'asked']);
  });
});

describe('what waits for people', () => {
  it('is listed with who may decide, until when, and the line that approves it', async () => {
    await start(gated('listed'));
    const subject = await subjectOf('listed');
    const { out } = await until(0, ['approvals'], 'listed@');
    expect(out).toContain('before the change');
    expect(out).toContain(subject);
    expect(out).toMatch(/meshwright approve listed@[0-9a-f]{12} --subject sha256:/);
    const { out: json } = await engine.run(['approvals', '--repository', 'patterns', '--json']);
    const gates = JSON.parse(json) as { about: string; approval: { subject: string } }[];
    expect(gates.find(({ about }) => about === 'listed')?.approval.subject).toBe(subject);
  });

  it('is held and released, by the first digits of its digest too, and everything decided is told', async () => {
    await start(gated('held'));
    const subject = await subjectOf('held');
    const hold = ['hold', 'held', '--as', 'cleo', '--reason', 'reading the diff'];
    expect(await engine.run(hold)).toMatchObject({ code: 0, err: '' });
    const approve = ['approve', 'held', '--as', 'bob', '--subject', subject.slice(0, 'sha256:'.length + 12)];
    const approved = await engine.run(approve);
    expect(approved.out).toContain('It is held by cleo.');
    const why = await until(3, ['why', 'held'], 'cleo holds it');
    expect(why.out).toContain('meshwright release held@');
    expect(await engine.run(['release', 'held', '--as', 'cleo'])).toMatchObject({ code: 0, err: '' });
    const done = await until(0, ['status', 'held'], 'released by cleo');
    expect(done.out).toContain('held by cleo (stated, not verified)');
    expect(done.out).toContain('reading the diff');
    const history = await engine.run(['history', 'held']);
    expect(history.out.replaceAll(/\s+/g, ' ')).toMatch(
      /approved by bob \(stated, not verified\), \S+( \S+)? ago from the command line on \S+, at gate change on sha256:[0-9a-f]{12}/,
    );
  });

  it('takes a reason to be let through in an emergency, and those whom a policy names for it', async () => {
    await start(gated('glass'));
    const subject = await subjectOf('glass');
    const glass = ['approve', 'glass', '--break-glass', '--as', 'bob', '--subject', subject];
    expect(await engine.run(glass)).toMatchObject({
      code: 2,
      err: expect.stringContaining('takes a reason') as string,
    });
    expect(await engine.run([...glass, '--reason', 'it burns'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('may not break the glass') as string,
    });
  });

  it('is not what was never heard of', async () => {
    expect(await engine.run(['approve', 'policy:patterns@0123456789ab', '--as', 'bob'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no policy:patterns@0123456789ab') as string,
    });
  });
});

describe('a rollout that does not move', () => {
  it('names the activity that keeps failing, its attempt and the remedy', async () => {
    engine.world.targets.behaviour.planChange = () => {
      throw unreachable();
    };
    await start(gated('stuck'));
    const { out } = await until(3, ['why', 'stuck'], 'keeps failing');
    expect(out).toContain('planChange on cluster:local keeps failing');
    expect(out).toContain('[CLUSTER_UNREACHABLE]');
    expect(out).toMatch(/attempt \d+/);
    expect(out).toContain('remedy: Check that the API server runs.');
    const found = await engine.run(['why', 'stuck', '--json']);
    expect(JSON.parse(found.out)).toMatchObject({ findings: [{ kind: 'blocked' }] });
  });

  it('names the task queue that nobody polls', async () => {
    await start(sampleRollout('unserved', { targets: [{ cluster: 'nowhere', wave: 1 }] }));
    const { out } = await until(3, ['why', 'unserved'], 'No worker polls');
    expect(out).toContain('No worker polls the task queue cluster:nowhere');
    expect(out).toContain('remedy: Start a cluster agent for nowhere');
  });

  it('names the rollout that holds the mesh', async () => {
    const release = Promise.withResolvers<{ note: string }>();
    engine.world.targets.behaviour.applyStage = () => release.promise;
    try {
      await start(sampleRollout('holder'));
      await until(3, ['status', 'holder'], '▸');
      await start(sampleRollout('queued'));
      const { out } = await until(3, ['why', 'queued'], 'is changing istio on local');
      expect(out).toContain('rollout:holder@');
    } finally {
      release.resolve({ note: 'applied' });
    }
    await until(0, ['status', 'queued']);
  });

  it('is shown by its search attributes while no worker answers', async () => {
    await start(gated('orphan'));
    await subjectOf('orphan');
    await engine.world.stopOrchestrator();
    const { code, out } = await engine.run(['status', 'orphan']);
    await engine.world.startOrchestrator();
    expect(code).toBe(3);
    expect(out).toContain('awaiting-approval');
    expect(out).toContain('No worker answered for this rollout');
  });
});

describe('a rollout that failed', () => {
  it('and could not be taken back either says at which stage, why, and what exists now', async () => {
    engine.world.targets.behaviour.verifyStage = () => Promise.reject(notReady());
    await start(sampleRollout('broken'));
    await until(3, ['status', 'broken'], 'stopped');
    expect(await engine.run(['cancel', 'broken', '--yes'])).toMatchObject({ code: 0, err: '' });
    const { out } = await until(1, ['status', 'broken'], 'failed');
    expect(out).toContain('✗ Control plane');
    expect(out).toContain('istiod is not ready');
    expect(out).toContain('3 objects of this pattern');
    expect((await engine.run(['watch', 'broken'])).code).toBe(1);
  });
});

it('says that there is no such rollout', async () => {
  const { code, err } = await engine.run(['status', 'unheard-of']);
  expect(code).toBe(2);
  expect(err).toContain('There is no rollout unheard-of.');
});

function notReady(): Error {
  return new MeshwrightError('NOT_READY', 'istiod is not ready: 0 of 1.', { remedy: 'Look at its log.' });
}
