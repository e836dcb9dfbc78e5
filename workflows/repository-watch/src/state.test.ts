import { describe, expect, it } from 'vitest';
import type { CommitReading, RolloutInput } from '@meshwright/model';
import {
  afterLook,
  afterReading,
  afterRefusal,
  emptyState,
  rolloutBefore,
  statusOf,
  type Started,
  type WatchState,
} from './state.ts';

const commit = {
  id: 'c'.repeat(40),
  author: 'Ann',
  authorEmail: 'a@b',
  contributors: [],
  subject: 's',
  committedAt: 0,
};

/** Rollouts that were started, by path. */
function ids(rollouts: Record<string, string> = {}): Started {
  return { rollouts, contributors: {} };
}

function reading(more: Partial<CommitReading> = {}): CommitReading {
  const nothing = { rollouts: [], removed: [], renamed: [], unchanged: 0, forced: false, notes: [] };
  const policy = { path: 'approvals.yaml', diagnostics: [] };
  return { commit, ...nothing, policy, channels: [], ...more };
}

const valid: NonNullable<RolloutInput['valid']> = {
  snapshot: 'sha256:00',
  mesh: { type: 'istio', version: '1.31.0' },
  targets: [],
  onFailure: 'rollback',
  approval: {
    required: false,
    betweenWaves: false,
    approvers: [],
    quorum: 1,
    requiredGroups: [],
    expiresAfterSeconds: 60,
  },
};

function changed(path: string, pattern: string, more: object = { valid }): CommitReading['rollouts'][number] {
  const input: RolloutInput = {
    repository: 'r',
    commit,
    path,
    pattern,
    diagnostics: [],
    purpose: 'apply',
    ...more,
  };
  return { input, digest: `sha256:${path}` };
}

function knowing(...names: string[]): WatchState {
  const rollouts = names.map((name) => changed(`${name}.yaml`, name));
  const started = Object.fromEntries(names.map((name) => [`${name}.yaml`, `rollout:${name}`]));
  return afterReading(emptyState(), reading({ rollouts }), ids(started));
}

describe('the state after a commit', () => {
  it('knows each changed pattern and its rollout, and forgets what was wrong', () => {
    const troubled = afterRefusal(emptyState(), 'd'.repeat(40), { code: 'COMMIT_MISSING', message: 'gone' });
    const state = afterReading(
      troubled,
      reading({ rollouts: [changed('a.yaml', 'a')] }),
      ids({
        'a.yaml': 'rollout:a',
      }),
    );
    expect(state).toMatchObject({
      observation: 'unchanged',
      lastCommit: commit,
      known: { 'a.yaml': { pattern: 'a' } },
    });
    expect(state.refusedCommit).toBeUndefined();
    expect(state.trouble).toBeUndefined();
  });

  it('takes the rollout of a moved file along, also where two files trade places', () => {
    const renamed = [
      { from: 'a.yaml', to: 'b.yaml', pattern: 'a' },
      { from: 'b.yaml', to: 'a.yaml', pattern: 'b' },
    ];
    const state = afterReading(knowing('a', 'b'), reading({ renamed }), ids({}));
    expect(state.known).toEqual({
      'a.yaml': { pattern: 'b', digest: 'sha256:b.yaml' },
      'b.yaml': { pattern: 'a', digest: 'sha256:a.yaml' },
    });
    expect(state.rollouts).toEqual({ 'a.yaml': 'rollout:b', 'b.yaml': 'rollout:a' });
  });

  it('remembers what was removed until it is back', () => {
    const removed = [{ path: 'a.yaml', pattern: 'a' }];
    const gone = afterReading(knowing('a', 'b'), reading({ removed }), ids({}));
    expect(Object.keys(gone.known)).toEqual(['b.yaml']);
    expect(gone.removed).toEqual(removed);
    expect(gone.notes.at(-1)).toContain('a.yaml is gone');
    for (const path of ['a.yaml', 'elsewhere.yaml']) {
      const back = afterReading(gone, reading({ rollouts: [changed(path, 'a')] }), ids({}));
      expect(back.removed).toEqual([]);
    }
    const another = afterReading(gone, reading({ rollouts: [changed('a.yaml', 'c')] }), ids({}));
    expect(another.removed).toEqual(removed);
  });

  it('knows the rollout that uninstalls a removed pattern, which gives way when the pattern is back', () => {
    const removed = [{ path: 'a.yaml', pattern: 'a', rollout: changed('a.yaml', 'a').input }];
    const gone = afterReading(
      knowing('a', 'b'),
      reading({ removed }),
      ids({ 'a.yaml': 'rollout:uninstall' }),
    );
    expect(gone.removed).toEqual([{ path: 'a.yaml', pattern: 'a', rollout: 'rollout:uninstall' }]);
    expect(gone.rollouts).toEqual({ 'b.yaml': 'rollout:b' });
    expect(rolloutBefore(gone, changed('elsewhere.yaml', 'a').input)).toBe('rollout:uninstall');
    expect(rolloutBefore(gone, changed('a.yaml', 'unreadable', {}).input)).toBe('rollout:uninstall');
    expect(rolloutBefore(gone, changed('c.yaml', 'c').input)).toBeUndefined();
  });

  it('keeps a bounded number of notes', () => {
    const notes = [...Array(50).keys()].map((index) => `note ${index}`);
    const state = afterReading(emptyState(), reading({ notes }), ids({}));
    expect(state.notes).toHaveLength(20);
    expect(state.notes.at(-1)).toContain('note 49');
  });
});

describe('a commit that cannot be read', () => {
  it('is set aside, and its trouble stands while the branch does', () => {
    const refused = afterRefusal(emptyState(), commit.id, { code: 'SIGNATURE_REFUSED', message: 'unsigned' });
    expect(refused).toMatchObject({ observation: 'refused', refusedCommit: commit.id });
    expect(afterLook(refused, { kind: 'unchanged' })).toBe(refused);
    expect(statusOf('r', refused, {}, 'x').observation).toBe('refused');
  });

  it('is not set aside after a defect, and is noted once however often it is tried', () => {
    const failure = { code: 'INTERNAL', message: 'defect' };
    const once = afterRefusal(emptyState(), commit.id, failure);
    expect(once.refusedCommit).toBeUndefined();
    expect(afterRefusal(once, commit.id, failure).notes).toHaveLength(1);
  });
});
