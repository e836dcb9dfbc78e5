import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Command, Phase, type ChangeStatus, type RolloutStatus } from '@meshwright/model';
import { commandRefusal, type Commanded } from './command-rules.ts';

interface Target {
  phase: Phase;
  /** Whether its change runs. */
  runs?: boolean;
  back?: boolean;
}

function rollout(phase: Phase, targets: Target[], more: Partial<Commanded & RolloutStatus> = {}): Commanded {
  const { pause, ended, rules, ...status } = more;
  const all = targets.map(({ phase: at, back }, place): ChangeStatus => ({
    cluster: `cluster-${place}`,
    mesh: 'istio',
    phase: at,
    stages: [],
    interventions: [],
    ...(back === true ? { rollback: [] } : {}),
  }));
  return {
    status: {
      rollout: 'rollout:shop@0123456789ab',
      repository: 'patterns',
      pattern: 'shop',
      path: 'shop.yaml',
      commit: '0',
      author: 'Ann',
      subject: 'Upgrade',
      phase,
      purpose: 'apply',
      targets: all,
      interventions: [],
      decisions: [],
      diagnostics: [],
      startedAt: 0,
      ...status,
    },
    changes: new Map(targets.flatMap(({ runs }, place) => (runs === true ? [[place, {}]] : []))),
    ...(pause === undefined ? {} : { pause }),
    ...(ended === undefined ? {} : { ended }),
    rules,
  };
}

/** The commands that a rollout takes. */
function taken(commanded: Commanded): Command[] {
  return Object.values(Command).filter(
    (command) => commandRefusal({ command, identity: 'bob' }, commanded) === undefined,
  );
}

const by = (command: Command): NonNullable<Commanded['pause']> => ({ command, identity: 'cleo', at: 0 });
const running = { phase: Phase.changing, runs: true };

describe('a rollout takes', () => {
  it.each<[string, Commanded, Command[]]>([
    ['a pause while it plans', rollout('planning', [{ phase: 'planning' }]), ['pause', 'cancel']],
    [
      'a pause while it waits for approval',
      rollout('awaiting-approval', [{ phase: 'awaiting-approval' }]),
      ['pause', 'cancel'],
    ],
    ['a pause while it queues', rollout('queued', [{ phase: 'queued' }]), ['pause', 'cancel']],
    ['what fits a change', rollout('changing', [running]), ['pause', 'rollback', 'cancel']],
    [
      'what fits a paused change',
      rollout('paused', [{ ...running, phase: 'paused' }], { pause: by('pause') }),
      ['resume', 'rollback', 'cancel'],
    ],
    [
      'a decision on a stopped change',
      rollout('stopped', [{ ...running, phase: 'stopped' }]),
      ['retry', 'rollback', 'cancel'],
    ],
    [
      'a decision on a way back that stopped, also after it was turned back',
      rollout('stopped', [{ ...running, phase: 'stopped', back: true }], { ended: by('rollback') }),
      ['retry', 'rollback', 'cancel'],
    ],
    [
      'only a pause on the way back',
      rollout('rolling-back', [{ ...running, phase: 'rolling-back', back: true }]),
      ['pause'],
    ],
    [
      'its end while one target turns back and another waits',
      rollout('rolling-back', [{ ...running, phase: 'rolling-back', back: true }, { phase: 'queued' }]),
      ['pause', 'cancel'],
    ],
    ['no second end', rollout('changing', [running], { ended: by('cancel') }), ['pause']],
    [
      'no way back of an uninstall',
      rollout('changing', [running], { purpose: 'uninstall' }),
      ['pause', 'cancel'],
    ],
    ['nothing once it has ended', rollout('rolled-back', [{ phase: 'rolled-back' }]), []],
  ])('%s', (...[, commanded, commands]) => {
    expect(taken(commanded)).toEqual(commands);
  });
});

describe('a command', () => {
  it('is refused with a reason, never mistaken, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(commandRefusal(anything, rollout('changing', [running]))).toMatchObject({
          code: 'INVALID_INPUT',
          message: expect.any(String) as string,
        });
      }),
    );
  });

  it('is not taken under the name of something every object has', () => {
    const request = { command: 'constructor', identity: 'bob' };
    expect(commandRefusal(request, rollout('changing', [running]))?.code).toBe('INVALID_INPUT');
  });
});
