import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  sampleCanary,
  sampleChange,
  sampleMember,
  sampleObservation,
  sampleParent,
  samplePlan,
  sampleRollout,
  sampleRun,
  sampleWrite,
} from '../test-support/observation.ts';
import { checkInvariants } from './invariants.ts';
import type { Observation } from './observation.ts';
import { formsOf } from './secrets.ts';

function broken(changes: Partial<Observation>): string[] {
  return checkInvariants(sampleObservation(changes)).map(({ invariant, what }) => `${invariant}: ${what}`);
}

describe('the reader', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(broken({})).toEqual([]);
  });

  it.each(['live', 'runs', 'texts', 'secrets'])('refuses to conclude anything without %s', (what) => {
    expect(() => broken({ [what]: [] })).toThrow(`The reader saw no ${what}`);
  });
});

describe('invariant 1: nothing without an approved plan', () => {
  it('catches a stage that was applied before its approval', () => {
    const early = sampleChange();
    const events = early.events.map((event) => ({ ...event, at: event.at - 1_000 }));
    expect(broken({ runs: [sampleRun(), { ...early, events }] })).toEqual([
      `1: Stage workloads of ${samplePlan} was applied before anybody approved it.`,
    ]);
  });

  it('catches an approval of another plan', () => {
    const rollout = sampleRun();
    const events = rollout.events.map((event) =>
      event.update === undefined
        ? event
        : { ...event, payloads: [{ subject: 'sha256:other', decision: 'approve' }] },
    );
    expect(broken({ runs: [{ ...rollout, events }, sampleChange()] })).toHaveLength(1);
  });

  it('catches a rejection that was taken for an approval', () => {
    const rollout = sampleRun();
    const events = rollout.events.map((event) =>
      event.update === undefined
        ? event
        : { ...event, payloads: [{ subject: samplePlan, decision: 'reject' }] },
    );
    expect(broken({ runs: [{ ...rollout, events }, sampleChange()] })).toHaveLength(1);
  });

  it('catches a plan that nobody made, and evidence that is not what its digest says', () => {
    const rollout = sampleRun();
    const events = rollout.events.slice(1);
    expect(broken({ runs: [{ ...rollout, events }, sampleChange()] })[0]).toContain('which no run planned');
    expect(broken({ plans: new Map([[samplePlan, undefined]]) })[0]).toContain('cannot be read');
  });

  it('catches an object that was written and is in no plan', () => {
    expect(broken({ writes: [sampleWrite({ name: 'stranger' })] })).toEqual([
      '1: PATCH configmaps stranger is in no plan that was carried out.',
    ]);
    expect(broken({ writes: [sampleWrite({ method: 'DELETE', isApply: false })] })).toEqual([
      '1: DELETE configmaps settings-1 is in no plan that was carried out.',
    ]);
  });
});

describe('invariant 2: the inventory covers what is live', () => {
  it('catches a planted orphan: applied by Meshwright, in no inventory', () => {
    expect(broken({ live: [sampleParent(), sampleMember({ labels: {} })] })).toEqual([
      '2: ConfigMap chaos/settings-1 was applied by Meshwright and is in no inventory.',
    ]);
  });

  it('catches a member whose inventory is gone, or does not declare its kind or namespace', () => {
    expect(broken({ live: [sampleMember()] })[0]).toContain('which is not there');
    expect(broken({ live: [sampleParent('Deployment.apps'), sampleMember()] })[0]).toContain(
      'does not declare',
    );
    expect(broken({ live: [sampleParent(), sampleMember({ namespace: 'elsewhere' })] })[0]).toContain(
      'namespace',
    );
  });

  it('leaves alone what controllers made with copied labels', () => {
    const copy = sampleMember({ kind: 'EndpointSlice', appliers: [], hasOwners: true });
    expect(broken({ live: [sampleParent(), sampleMember(), copy] })).toEqual([]);
  });
});

describe('invariant 3: one mutating run', () => {
  it('catches a planted second run', () => {
    const second = sampleChange({ runId: 'change-2', startedAt: 2_500, closedAt: 3_500 });
    expect(broken({ runs: [sampleRun(), sampleChange(), second] })).toEqual([
      '3: change:local/istio ran as change-1 and as change-2 at once.',
    ]);
  });

  it('catches a write that came while no change ran', () => {
    expect(broken({ writes: [sampleWrite({ at: 9_000 })] })).toEqual([
      '3: PATCH configmaps settings-1 came while no change ran.',
    ]);
  });
});

describe('invariant 4: the old state or the new, or a named stage', () => {
  const mix = ['ConfigMap settings-1 of colour 2'];

  it('catches a mix after a success and after a way back', () => {
    expect(broken({ state: mix })[0]).toContain('The rollout is succeeded, and the target differs');
    const back = sampleRun({}, { phase: 'rolled-back' });
    expect(broken({ runs: [back, sampleChange()] })[0]).toContain('The rollout is rolled-back');
  });

  it('takes a mix only from a run that names the stage it stopped at', () => {
    const failed = sampleRun({}, { phase: 'failed' });
    expect(broken({ runs: [failed, sampleChange()], state: mix })[0]).toContain('names no stage');
    const named = sampleRun({}, { phase: 'failed', failure: { stage: 'workloads' } });
    expect(broken({ runs: [named, sampleChange()], state: mix })).toEqual([]);
  });

  it('takes what is left over only from a run that says that it could not be deleted', () => {
    const left = [...sampleObservation().after, 'ServiceAccount extra-1'];
    expect(broken({ state: left })).toHaveLength(1);
    const note = '1 could not be deleted and stay in the inventory: ServiceAccount chaos/extra-1';
    const told = sampleRun({}, { targets: [{ stages: [{ startedAt: 1, note }] }] });
    expect(broken({ runs: [told, sampleChange()], state: left })).toEqual([]);
  });
});

describe('invariant 5: every commit ends with a status', () => {
  it('catches a commit without a rollout, one without an end, and one whose phase is not final', () => {
    expect(broken({ rollouts: ['rollout:chaos@other', sampleRollout] })).toEqual([
      '5: rollout:chaos@other was never started.',
    ]);
    expect(broken({ runs: [sampleRun({ closedAt: undefined }), sampleChange()] })).toContain(
      `5: ${sampleRollout} has no end.`,
    );
    expect(broken({ runs: [sampleRun({ phase: 'changing' }), sampleChange()] })).toEqual([
      `5: ${sampleRollout} ended in the phase changing.`,
    ]);
  });
});

describe('invariant 6: no secret byte', () => {
  it.each([
    ['as it is', sampleCanary],
    ['in base64', Buffer.from(sampleCanary).toString('base64')],
    ['in hexadecimal digits', Buffer.from(sampleCanary).toString('hex')],
  ])('catches a planted secret %s', (_, text) => {
    expect(broken({ texts: [{ place: 'the log', text: `level=info ${text} end` }] })).toEqual([
      '6: The Git password is in the log.',
    ]);
  });

  it('finds it in base64 wherever it begins in what was encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, after) => {
        const encoded = Buffer.from(before + sampleCanary + after).toString('base64');
        expect(formsOf(sampleCanary).some((form) => encoded.includes(form))).toBe(true);
      }),
    );
  });
});
