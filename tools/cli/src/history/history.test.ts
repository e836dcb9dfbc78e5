import { Phase, type RolloutStatus, StageState } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import {
  moment,
  sampleDecision,
  sampleRecord,
  sampleStatus,
  sampleTarget,
} from '@meshwright/rollouts/test-support/samples';
import { renderHistory } from '../render/history.ts';
import { widthOf } from '@meshwright/wording';
import type { RolloutReport } from '@meshwright/rollouts';
import { plainView } from '../test-support/fixtures.ts';
import { chooseRollback } from './choose.ts';
import { historyOf } from './rows.ts';

const hour = 3_600_000;

function commitOf(digit: string): string {
  return digit.repeat(40);
}

/** A rollout of the commit of one repeated digit that ended some hours ago. */
function ended(digit: string, hoursAgo: number, status: Partial<RolloutStatus> = {}): RolloutReport {
  const { phase = Phase.succeeded } = status;
  const startedAt = moment - hoursAgo * hour;
  const commit = commitOf(digit);
  return {
    record: sampleRecord({
      rollout: `rollout:checkout-mesh@${commit.slice(0, 12)}`,
      runId: `${digit}-${hoursAgo}`,
      state: phase === Phase.succeeded ? 'completed' : 'failed',
      commit,
      phase,
      startedAt,
      finishedAt: startedAt + 192_000,
    }),
    status: sampleStatus({
      commit,
      phase,
      subject: `Change ${digit}`,
      targets: [sampleTarget({ phase })],
      ...status,
    }),
    notes: [],
  };
}

describe('the history of a pattern', () => {
  const decisions = [sampleDecision({ person: 'grace@example.org', at: moment - 30_000 })];

  it('tells what was done, newest first, and marks what runs and what is held', () => {
    const rows = historyOf([
      ended('3', 1, {
        phase: Phase.rolledBack,
        hold: {
          commit: '3'.repeat(40),
          reason: 'local: istiod is not ready.',
          revert: 'meshwright/revert-333333333333',
        },
      }),
      ended('2', 26, { decisions }),
      ended('1', 50),
    ]);
    expect(renderHistory(rows, plainView).join('\n')).toMatchInlineSnapshot(`
      "✗ 2026-11-21 11:00:00 UTC  333333333333  rolled-back  upgrade 1.30.2 → 1.31.0  3m 12s
          "Change 3" by Ada
          held: local: istiod is not ready.
          revert offered: meshwright/revert-333333333333
      ▸ 2026-11-20 10:00:00 UTC  222222222222  succeeded    upgrade 1.30.2 → 1.31.0  3m 12s
          "Change 2" by Ada
          approved by grace@example.org (slack U0000001), 30s ago from #mesh, at gate change on
          sha256:a1a1a1a1a1a1
          runs now
        2026-11-19 10:00:00 UTC  111111111111  succeeded    upgrade 1.30.2 → 1.31.0  3m 12s
          "Change 1" by Ada"
    `);
  });

  it('says who asked, what was left half-way and where several targets differ', () => {
    const half = sampleTarget({ cluster: 'prod', phase: Phase.failed });
    const rows = historyOf([
      ended('1', 1, {
        phase: Phase.failed,
        request: { kind: 'rollback', identity: 'bob', reason: 'p99 doubled', holds: commitOf('2') },
        targets: [sampleTarget({ phase: Phase.succeeded }), half],
      }),
      ended('2', 20, { purpose: 'uninstall' }),
    ]);
    expect(renderHistory(rows, plainView).join('\n')).toMatchInlineSnapshot(`
      "▸ 2026-11-21 11:00:00 UTC  111111111111  failed     upgrade 1.30.2 → 1.31.0  3m 12s
          "Change 1" by Ada
          rollback asked for by bob: p99 doubled
          runs now on local
          left half-way on prod
        2026-11-20 16:00:00 UTC  222222222222  succeeded  upgrade 1.30.2 → 1.31.0  3m 12s
          "Change 2" by Ada"
    `);
  });

  it('holds what a person took back until the commit succeeds again', () => {
    const request = { kind: 'rollback' as const, identity: 'bob', holds: commitOf('2') };
    const rolledBack = [ended('1', 2, { request }), ended('2', 3), ended('1', 4)];
    expect(historyOf(rolledBack).map(({ hold }) => hold?.reason)).toEqual([
      undefined,
      expect.stringContaining('bob rolled it back') as string,
      undefined,
    ]);
    expect(historyOf([ended('2', 1), ...rolledBack]).every(({ hold }) => hold === undefined)).toBe(true);
  });

  it('marks nothing as running after an uninstall, nor before a rollout that was left half-way', () => {
    const runs = (reports: RolloutReport[]): string[][] => historyOf(reports).map(({ runsOn }) => runsOn);
    expect(runs([ended('2', 1, { purpose: 'uninstall' }), ended('1', 2)])).toEqual([[], []]);
    expect(runs([ended('2', 1, { phase: Phase.failed }), ended('1', 2)])).toEqual([[], []]);
    const untouched = sampleTarget({
      phase: Phase.failed,
      stages: [{ id: 'a', title: 'A', state: StageState.pending }],
    });
    expect(runs([ended('2', 1, { phase: Phase.failed, targets: [untouched] }), ended('1', 2)])).toEqual([
      [],
      ['local'],
    ]);
  });

  it('keeps to the screen and escapes what commits say', () => {
    const rows = historyOf([ended('1', 1, { subject: `\u001b[2J${'x'.repeat(200)}`, author: '\u202eevil' })]);
    const lines = renderHistory(rows, plainView);
    expect(lines.join('\n')).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(100);
  });
});

describe('where a rollback leads', () => {
  const choose = (reports: RolloutReport[], to?: string): string | undefined =>
    chooseRollback('checkout-mesh', reports, to).to.status?.commit[0];

  it('is the last that succeeded before the current one, of another commit', () => {
    expect(choose([ended('3', 1), ended('3', 2), ended('2', 3), ended('1', 4)])).toBe('2');
  });

  it('passes over what failed, was rolled back or took the mesh away', () => {
    expect(
      choose([
        ended('4', 1),
        ended('3', 2, { phase: Phase.rolledBack }),
        ended('2', 3, { purpose: 'uninstall' }),
        ended('1', 4),
      ]),
    ).toBe('1');
  });

  it('is what ran last where the current one was left half-way or took the mesh away', () => {
    expect(choose([ended('3', 1, { phase: Phase.failed }), ended('2', 2), ended('1', 3)])).toBe('2');
    expect(choose([ended('2', 1, { purpose: 'uninstall' }), ended('2', 2), ended('1', 3)])).toBe('2');
  });

  it('is refused where there is nothing earlier, or it is what runs', () => {
    expect(() => choose([ended('1', 1)])).toThrow('no earlier rollout that succeeded');
    expect(() => choose([])).toThrow('no earlier rollout that succeeded');
    expect(() => choose([ended('1', 1)], '1111')).toThrow('is what runs now');
    expect(() => choose([ended('2', 1), ended('1', 2, { phase: Phase.failed })], '1111')).toThrow(
      'at 1111 has succeeded',
    );
  });

  it('is the commit that was named, by as many of its digits as tell it apart', () => {
    const reports = [ended('3', 1), ended('2', 2), ended('1', 3)];
    expect(choose(reports, '1111')).toBe('1');
    expect(() => choose([ended('1', 1), ...reports], '')).toThrow('fits several commits');
  });
});
