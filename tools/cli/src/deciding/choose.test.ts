import type { ApprovalStatus } from '@meshwright/model';
import type { WaitingGate } from '@meshwright/rollouts';
import { describe, expect, it } from 'vitest';
import { chooseGate } from './choose.ts';

const digests = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`);

function waiting(subject: string | undefined): WaitingGate {
  const approval = { gate: 'change', subject } as ApprovalStatus;
  return { kind: 'pull-request', workflow: 'w', run: 'r', repository: 'p', about: 'shop', approval };
}

const one = { workflow: 'w', rollouts: [], gates: [waiting(digests[0])] };
const two = { ...one, gates: digests.map(waiting) };

describe('the gate that is decided on', () => {
  it('is the only one, with or without its digest', () => {
    for (const subject of [undefined, digests[0], 'a'.repeat(12), `sha256:${'a'.repeat(20)}`]) {
      expect(chooseGate(one, subject).approval.subject).toBe(digests[0]);
    }
  });

  it('is, of several, the one that was named', () => {
    expect(chooseGate(two, 'b'.repeat(12)).approval.subject).toBe(digests[1]);
    expect(() => chooseGate(two, undefined)).toThrow('several decisions');
  });

  it.each([digests[1], 'a'.repeat(11), 'sha256:', '', 'A'.repeat(12), '.'.repeat(12)])(
    'is none for %j',
    (subject) => {
      expect(() => chooseGate(one, subject)).toThrow(expect.objectContaining({ code: 'PLAN_MISMATCH' }));
    },
  );

  it('is none where nothing waits', () => {
    expect(() => chooseGate({ ...one, gates: [], phase: 'changing' }, undefined)).toThrow('it is changing');
  });
});
