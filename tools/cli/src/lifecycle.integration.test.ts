import {
  type ConcludeInput,
  MeshwrightError,
  type PlanChangeInput,
  type PlanSummary,
  type RolloutInput,
  type StageResult,
  TaskQueue,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import { sampleRollout } from '@meshwright/workflow-bundle/test-support/samples';
import { eventually } from '@meshwright/workflow-bundle/test-support/world';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from './host.ts';
import { type Answer, type Engine, startEngine, storePlan } from './test-support/engine.ts';

let engine: Engine;
let planned: PlanChangeInput[];

beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.world.targets.reset();
  planned = [];
  engine.world.targets.behaviour.planChange = (input) => {
    planned.push(input);
    return storePlan(engine.evidence, input);
  };
});

async function start(input: RolloutInput): Promise<string> {
  const id = workflowId.rollout(input.pattern, input.commit.id);
  await engine.world.client.workflow.start(WorkflowType.patternRollout, {
    taskQueue: TaskQueue.orchestrator,
    workflowId: id,
    args: [input],
  });
  return id;
}

/** A rollout with a mesh of its own, so that no test waits for the lock of another. */
function rollout(pattern: string, options: Parameters<typeof sampleRollout>[1] = {}): RolloutInput {
  const input = sampleRollout(pattern, options);
  input.valid!.mesh.type = `mesh-${pattern}`;
  return input;
}

/** A rollout of this commit that has succeeded. */
async function succeeded(pattern: string, subject: string): Promise<RolloutInput> {
  const input = rollout(pattern, { subject });
  const id = await start(input);
  await until(0, ['status', id]);
  return input;
}

/** Runs the command until its exit code is this: visibility and workers take their time. */
function until(code: number, args: string[], said = ''): Promise<Answer> {
  return eventually(`${args.join(' ')} ends with ${code}`, async () => {
    const answer = await engine.run(args);
    expect(answer).toMatchObject({ code, out: expect.stringContaining(said) as string });
    return answer;
  });
}

function answering(text: string): Partial<Host> & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    interactive: true,
    ask(question) {
      asked.push(question);
      return Promise.resolve(text);
    },
  };
}

/** Lets a stage fail until it is told to go well. */
function failing(stage: string): { mend: () => void } {
  let broken = true;
  engine.world.targets.behaviour.verifyStage = (input) => {
    if (broken && input.stage === stage) return Promise.reject(notReady());
    return Promise.resolve({ note: 'healthy' });
  };
  return {
    mend() {
      broken = false;
    },
  };
}

/** Lets the first stage of a change wait until it is let go. */
function heldUp(): { letGo: () => void } {
  const gate = Promise.withResolvers<StageResult>();
  engine.world.targets.behaviour.applyStage = () => gate.promise;
  return { letGo: () => gate.resolve({ note: 'applied' }) };
}

function notReady(): Error {
  return new MeshwrightError('NOT_READY', 'istiod is not ready: 0 of 1.', { remedy: 'Look at its log.' });
}

describe('rollback', () => {
  it('goes back to the last that succeeded, holds what it takes back, and both are in the history', async () => {
    const first = await succeeded('back', 'First');
    const second = await succeeded('back', 'Second');
    await until(0, ['history', 'back'], 'Second');
    planned = [];

    const host = answering('yes');
    const asked = await engine.run(
      ['rollback', 'back', '--as', 'bob', '--reason', 'p99 doubled', '--wait'],
      host,
    );
    expect(asked.err).toBe('');
    expect(asked.code).toBe(0);
    expect(host.asked).toEqual(['Do this as bob (stated, not verified)? Type yes: ']);
    expect(asked.out).toContain(`Goes back to ${first.commit.id.slice(0, 12)} "First" by Ann Author`);
    expect(asked.out).toContain(`Takes back ${second.commit.id.slice(0, 12)} "Second" by Ann Author`);
    expect(asked.out).toContain('~ Deployment istio-system/istiod');
    expect(planned.map(({ commit, despiteHold }) => ({ commit, despiteHold }))).toEqual([
      { commit: first.commit.id, despiteHold: true },
      { commit: first.commit.id, despiteHold: true },
    ]);
    const { concluded } = engine.world.targets;
    expect(concluded.at(-1)?.hold).toMatchObject({ commit: second.commit.id } satisfies Partial<
      ConcludeInput['hold']
    >);

    const { out } = await until(0, ['history', 'back'], 'rollback asked for by bob');
    expect(out).toMatch(/^▸ .*succeeded/m);
    expect(out).toContain('rollback asked for by bob: p99 doubled');
    expect(out).toMatch(/held: .*p99 doubled/);
    const rows = JSON.parse((await engine.run(['history', 'back', '--json'])).out) as {
      commit: string;
      runsOn: string[];
      hold?: object;
    }[];
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({ commit: first.commit.id, runsOn: ['local'] });
    expect(rows[1]).toMatchObject({ commit: second.commit.id, runsOn: [], hold: {} });

    // The commit that is held is still the newest of the branch: it may be tried again.
    const again = await engine.run(['retry', `back@${second.commit.id.slice(0, 12)}`, '--yes', '--wait']);
    expect(again).toMatchObject({ code: 0, err: '' });
    const after = await until(0, ['history', 'back'], 'retry asked for');
    expect(after.out).not.toContain('held:');
  });

  it('goes to the commit of --to, and says so when that one never succeeded or runs already', async () => {
    const first = await succeeded('chosen', 'One');
    await succeeded('chosen', 'Two');
    const third = await succeeded('chosen', 'Three');
    await until(0, ['history', 'chosen'], 'Three');
    const to = (commit: string): string[] => ['rollback', 'chosen', '--to', commit, '--yes', '--json'];
    expect(await engine.run(to('0000'))).toMatchObject({ code: 2 });
    expect((await engine.run(to(third.commit.id))).err).toContain('is what runs now');
    const { code, out } = await engine.run(to(first.commit.id.slice(0, 10)));
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ rollout: workflowId.rollout('chosen', first.commit.id) });
    await until(0, ['status', 'chosen']);
  });

  it('does nothing unless a person agrees, and asks nobody where nobody can be asked', async () => {
    await succeeded('asked', 'First');
    await succeeded('asked', 'Second');
    await until(0, ['history', 'asked'], 'Second');
    expect(await engine.run(['rollback', 'asked'], answering('no'))).toMatchObject({
      code: 3,
      err: 'Nothing was started.\n',
    });
    const { code, err } = await engine.run(['rollback', 'asked']);
    expect(code).toBe(2);
    expect(err).toContain('--yes');
    expect((await engine.run(['history', 'asked', '--json'])).out.match(/"rollout"/g)).toHaveLength(2);
  });

  it('says that there is nothing earlier', async () => {
    await succeeded('lonely', 'Only');
    await until(0, ['history', 'lonely'], 'Only');
    const { code, err } = await engine.run(['rollback', 'lonely', '--yes']);
    expect(code).toBe(2);
    expect(err).toContain('no earlier rollout that succeeded');
    expect(err).toContain('Git');
  });

  it('takes the place of a rollout that still waits for approval', async () => {
    await succeeded('waits', 'First');
    await succeeded('waits', 'Second');
    const gated = await start(rollout('waits', { subject: 'Third', approval: { required: true } }));
    await until(3, ['status', gated], 'awaiting-approval');
    const { code, out } = await engine.run(['rollback', 'waits', '--yes', '--wait']);
    expect(code).toBe(0);
    expect(out).toContain(`in place of ${gated.replace('rollout:', '')}`);
    await until(1, ['status', gated], 'cancelled');
  });
});

describe('a change that fails', () => {
  it('is taken back, says so, and its commit is held until somebody retries', async () => {
    const { mend } = failing('control-plane');
    const id = await start(rollout('failing'));
    const { out } = await until(1, ['status', id], 'rolled-back');
    expect(out).toContain('✗ Control plane');
    expect(out).toContain('way back');
    expect(out).toContain('✓ Restart what was restarted');
    expect(out).toMatch(/^held {2}commit/m);
    const why = await engine.run(['why', id]);
    expect(why.out).toContain('rolled-back');
    expect(why.out).toContain('is not tried again by itself');
    expect(why.out).toContain(`meshwright retry ${id.replace('rollout:', '')}`);
    mend();
    expect(await engine.run(['retry', 'failing', '--yes', '--wait'])).toMatchObject({ code: 0 });
  });

  it('stops where the pattern says so, is explained with what one can do, retried and kept', async () => {
    const { mend } = failing('control-plane');
    const id = await start(rollout('stopping', { onFailure: 'stop' }));
    const { out } = await until(3, ['status', id], 'stopped');
    expect(out).toContain('to go on:\n  meshwright retry stopping@');
    const why = await engine.run(['why', 'stopping']);
    expect(why.code).toBe(3);
    expect(why.out).toContain('local has stopped at the stage "Control plane"');
    expect(why.out).toContain('[NOT_READY]\n    remedy: Look at its log.');
    expect(why.out).toMatch(/meshwright rollback stopping@\w+ +# take back what was done/);
    mend();
    const retried = await engine.run(['retry', 'stopping', '--reason', 'the image is there now', '--wait']);
    expect(retried).toMatchObject({ code: 0, err: '' });
    expect((await engine.run(['status', 'stopping'])).out).toContain('the image is there now');
  });

  it('that has stopped can be taken back by its name alone', async () => {
    failing('control-plane');
    await start(rollout('turned', { onFailure: 'stop' }));
    await until(3, ['status', 'turned'], 'stopped');
    const host = answering('yes');
    const { code, out } = await engine.run(['rollback', 'turned', '--as', 'bob'], host);
    expect(code).toBe(0);
    expect(host.asked[0]).toContain('Take back what it has done so far?');
    expect(out).toContain('rollback asked for by bob');
    await until(1, ['status', 'turned'], 'rolled-back');
  });

  it('that has stopped holds the lock, and the rollout that waits for it says who and what to do', async () => {
    failing('control-plane');
    const holder = await start(sampleRollout('holder', { onFailure: 'stop' }));
    await until(3, ['status', 'holder'], 'stopped');
    engine.world.targets.behaviour.verifyStage = () => Promise.resolve({ note: 'healthy' });
    await start(sampleRollout('behind'));
    const { out } = await until(3, ['why', 'behind'], 'that change is stopped');
    expect(out).toContain(`${holder} is changing istio on local`);
    expect(out).toContain('meshwright why holder@');
    expect(await engine.run(['cancel', 'holder', '--yes'])).toMatchObject({ code: 0 });
    await until(0, ['status', 'behind']);
    await until(1, ['status', 'holder'], 'failed');
  });
});

describe('pause, resume and cancel', () => {
  it('let a change wait before its next stage, and go on', async () => {
    const { letGo } = heldUp();
    await start(rollout('paused'));
    await until(3, ['status', 'paused'], '▸ Control plane');
    const paused = await engine.run(['pause', 'paused', '--as', 'bob', '--reason', 'sale until noon']);
    expect(paused).toMatchObject({ code: 0, err: '' });
    letGo();
    const { out } = await until(3, ['why', 'paused'], 'local is paused by bob');
    expect(out).toContain('because: sale until noon');
    expect(out).toContain('meshwright resume paused@');
    const twice = await engine.run(['pause', 'paused']);
    expect(twice.code).toBe(1);
    expect(twice.err).toContain('has paused it already');
    expect(await engine.run(['resume', 'paused', '--wait'])).toMatchObject({ code: 0, err: '' });
    expect((await engine.run(['status', 'paused'])).out).toContain('pause by bob');
  });

  it('end a rollout that waits, after asking', async () => {
    await start(rollout('ended', { approval: { required: true } }));
    await until(3, ['status', 'ended'], 'awaiting-approval');
    const host = answering('yes');
    expect(
      await engine.run(['cancel', 'ended', '--as', 'bob', '--reason', 'wrong branch'], host),
    ).toMatchObject({
      code: 0,
    });
    expect(host.asked).toEqual(['End it? As bob (stated, not verified)? Type yes: ']);
    await until(1, ['status', 'ended'], 'cancelled');
    const over = await engine.run(['pause', 'ended']);
    expect(over).toMatchObject({ code: 2, err: expect.stringContaining('is over') as string });
  });
});

describe('uninstall', () => {
  it('shows the plan of the removal, and takes nothing away before it is confirmed', async () => {
    await succeeded('gone', 'Install');
    await until(0, ['history', 'gone'], 'Install');
    const waits = await engine.run(['uninstall', 'gone', '--as', 'bob']);
    expect(waits.code).toBe(3);
    expect(waits.out).toContain('It waits to be confirmed: meshwright approve gone@');
    expect(planned.at(-1)).toMatchObject({ purpose: 'uninstall' });
    expect(engine.world.targets.calls.filter(({ activity }) => activity === 'applyStage')).toHaveLength(3);

    const host = answering('yes');
    const confirmed = await engine.run(['uninstall', 'gone', '--as', 'bob', '--wait'], host);
    expect(confirmed.err).toContain('takes it away already');
    expect(confirmed.code).toBe(0);
    expect(host.asked).toEqual(['Take this away as bob (stated, not verified)? Type yes: ']);
    const { out } = await until(0, ['history', 'gone'], 'uninstall asked for by bob');
    expect(out).not.toContain('runs now');
  });

  it('is confirmed by a flag, for scripts', async () => {
    await succeeded('scripted', 'Install');
    await until(0, ['history', 'scripted'], 'Install');
    const { code, out } = await engine.run(['uninstall', 'scripted', '--confirm', '--as', 'bob', '--wait']);
    expect(code).toBe(0);
    expect(out).toContain('Confirmed by bob (stated, not verified).');
  });
});

describe('adopt', () => {
  it('shows who holds what, and starts the newest commit again to take it over', async () => {
    engine.world.targets.behaviour.planChange = (input): Promise<PlanSummary> => {
      planned.push(input);
      if (!input.adopt) {
        throw new MeshwrightError('FOREIGN_INSTALLATION', 'helm keeps an Istio there.', {
          remedy: 'Adopt it.',
        });
      }
      return storePlan(engine.evidence, input);
    };
    await start(rollout('adopted'));
    await until(1, ['status', 'adopted'], 'FOREIGN_INSTALLATION');
    const { code, out } = await engine.run(['adopt', 'adopted', '--as', 'bob', '--wait'], answering('yes'));
    expect(code).toBe(0);
    expect(out).toContain('Nothing restarts and no behaviour changes');
    expect(planned.filter(({ adopt }) => adopt)).toHaveLength(2);
    expect((await engine.run(['status', 'adopted'])).out).toContain('asked for  adopt by bob');
  });
});

describe('diff', () => {
  it('ends with 3 when something would change, and says who set what has drifted', async () => {
    const { code, out } = await engine.run(['diff']);
    expect(code).toBe(3);
    expect(out).toContain('.spec.replicas  1 → 2  (drift by kubectl-edit)');
    expect(out).not.toContain('pre-flight');
  });

  it('ends with 0 when nothing would', async () => {
    engine.world.targets.behaviour.planChange = (input) =>
      storePlan(engine.evidence, input, { action: 'none', stages: [], rollback: [] });
    expect(await engine.run(['diff'])).toMatchObject({ code: 0 });
  });
});

it('lists a rollout of several targets by a cluster before it has changed anything there', async () => {
  const targets = [
    { cluster: 'local', wave: 1 },
    { cluster: 'second', wave: 2 },
  ];
  await start(rollout('both', { targets, approval: { required: true } }));
  await until(3, ['status', 'both'], 'awaiting-approval');
  const { out } = await until(0, ['rollouts', '--cluster', 'second'], 'awaiting-approval');
  expect(out).toContain('both');
});
